using System.Text;

namespace Marketing.Library.Ingest;

/// <summary>What the first bytes of a file say that it is.</summary>
public enum FileSignature
{
    /// <summary>No signature that the library knows.</summary>
    Unknown,
    /// <summary>JPEG.</summary>
    Jpeg,
    /// <summary>PNG.</summary>
    Png,
    /// <summary>GIF.</summary>
    Gif,
    /// <summary>WebP.</summary>
    Webp,
    /// <summary>AVIF: AV1 still pictures in a HEIF container.</summary>
    Avif,
    /// <summary>HEIC: HEVC still pictures in a HEIF container.</summary>
    Heic,
    /// <summary>TIFF or BigTIFF.</summary>
    Tiff,
    /// <summary>JPEG XL.</summary>
    Jxl,
    /// <summary>JPEG 2000.</summary>
    Jp2,
    /// <summary>Photoshop.</summary>
    Psd,
    /// <summary>Windows bitmap.</summary>
    Bmp,
    /// <summary>SVG.</summary>
    Svg,
    /// <summary>PDF.</summary>
    Pdf,
    /// <summary>MPEG-4 container.</summary>
    Mp4,
    /// <summary>MPEG-4 container that says it is audio.</summary>
    M4a,
    /// <summary>QuickTime container.</summary>
    QuickTime,
    /// <summary>WebM.</summary>
    Webm,
    /// <summary>Matroska that is not WebM.</summary>
    Matroska,
    /// <summary>AVI.</summary>
    Avi,
    /// <summary>MPEG audio layer III.</summary>
    Mp3,
    /// <summary>AAC in ADTS frames.</summary>
    Aac,
    /// <summary>WAVE.</summary>
    Wav,
    /// <summary>Ogg container.</summary>
    Ogg,
    /// <summary>FLAC.</summary>
    Flac,
    /// <summary>ZIP, which Office files are too.</summary>
    Zip,
    /// <summary>Compound file of older Office versions.</summary>
    CompoundFile,
    /// <summary>Rich Text Format.</summary>
    Rtf,
    /// <summary>Binary glTF.</summary>
    Glb,
    /// <summary>HTML.</summary>
    Html,
    /// <summary>Text in UTF-8.</summary>
    Text,
}

/// <summary>Recognises signatures. Sources: the formats' specifications, and WHATWG "MIME Sniffing" for text and HTML.</summary>
public static class FileSignatures
{
    /// <summary>Bytes from the start of a file that decide; fewer are enough when the file is shorter.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Names the signature of a file that starts with these bytes.</summary>
    public static FileSignature Recognise(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => FileSignature.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => FileSignature.Png,
        [0xFF, 0x0A, ..] => FileSignature.Jxl,
        _ when head.StartsWith("\0\0\0\fJXL \r\n"u8) => FileSignature.Jxl,
        _ when head.StartsWith("\0\0\0\fjP  \r\n"u8) => FileSignature.Jp2,
        _ when head.StartsWith("8BPS"u8) => FileSignature.Psd,
        _ when head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) => FileSignature.Gif,
        _ when head.StartsWith("RIFF"u8) && head.Length >= 12 => Riff(head[8..12]),
        _ when head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8) => IsoMedia(head),
        _ when head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) || head.StartsWith("II+\0"u8) || head.StartsWith("MM\0+"u8) => FileSignature.Tiff,
        _ when head.StartsWith("BM"u8) && head.Length >= 26 && head[15] == 0 && head[16] == 0 && head[17] == 0 => FileSignature.Bmp,
        [0x1A, 0x45, 0xDF, 0xA3, ..] => head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) >= 0 ? FileSignature.Webm : FileSignature.Matroska,
        _ when head.StartsWith("ID3"u8) => FileSignature.Mp3,
        [0xFF, 0xF1 or 0xF9, ..] => FileSignature.Aac,
        [0xFF, 0xFB or 0xF3 or 0xF2 or 0xFA, ..] => FileSignature.Mp3,
        _ when head.StartsWith("OggS"u8) => FileSignature.Ogg,
        _ when head.StartsWith("fLaC"u8) => FileSignature.Flac,
        _ when head.StartsWith("PK\x03\x04"u8) => FileSignature.Zip,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => FileSignature.CompoundFile,
        _ when head.StartsWith(@"{\rtf"u8) => FileSignature.Rtf,
        _ when head.StartsWith("glTF"u8) => FileSignature.Glb,
        // Readers accept a PDF header anywhere in the first 1,024 bytes.
        _ when head[..Math.Min(head.Length, 1024)].IndexOf("%PDF-"u8) >= 0 => FileSignature.Pdf,
        _ => Text(head),
    };

    private static FileSignature Riff(ReadOnlySpan<byte> form) => form switch
    {
        _ when form.SequenceEqual("WEBP"u8) => FileSignature.Webp,
        _ when form.SequenceEqual("WAVE"u8) => FileSignature.Wav,
        _ when form.SequenceEqual("AVI "u8) => FileSignature.Avi,
        _ => FileSignature.Unknown,
    };

    // The major brand, then the compatible brands: "mif1" alone says only that it is some HEIF.
    private static FileSignature IsoMedia(ReadOnlySpan<byte> head)
    {
        var boxLength = Math.Clamp(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head), 16, head.Length < 16 ? 16 : head.Length);
        var brands = Encoding.Latin1.GetString(head[8..Math.Min(boxLength, head.Length)]);
        return brands[..Math.Min(4, brands.Length)] switch
        {
            "avif" or "avis" => FileSignature.Avif,
            "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" => FileSignature.Heic,
            "mif1" or "msf1" => brands.Contains("avif", StringComparison.Ordinal) ? FileSignature.Avif : FileSignature.Heic,
            "qt  " => FileSignature.QuickTime,
            "M4A " or "M4B " => FileSignature.M4a,
            _ => FileSignature.Mp4,
        };
    }

    private static FileSignature Text(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return FileSignature.Unknown;
        foreach (var value in head)
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B)) return FileSignature.Unknown;
        if (!IsUtf8(head)) return FileSignature.Unknown;

        var text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return FileSignature.Html;
        var isMarkup = text.StartsWith('<');
        return isMarkup && text.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? FileSignature.Svg : FileSignature.Text;
    }

    // The head may end inside a character, so up to three bytes at its end may be missing their rest.
    private static bool IsUtf8(ReadOnlySpan<byte> head)
    {
        for (var cut = 0; cut <= 3 && cut <= head.Length; cut++)
            if (System.Text.Unicode.Utf8.IsValid(head[..^cut])) return true;
        return false;
    }
}
