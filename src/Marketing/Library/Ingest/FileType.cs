namespace Marketing.Library.Ingest;

/// <summary>A kind of file that the library knows.</summary>
/// <param name="Signature">What the content must look like; several types may share one and differ by extension only.</param>
/// <param name="MimeType">Media type stored in <c>mime_type</c>.</param>
/// <param name="AssetType">Value of <c>asset_type</c>.</param>
/// <param name="Extensions">File name extensions, lower case, without the dot. The first type of a signature is the default for others.</param>
public sealed record FileType(FileSignature Signature, string MimeType, string AssetType, params IReadOnlyList<string> Extensions)
{
    /// <summary>Every known type. Media types: IANA media type registry, and for Office files Microsoft's "Office file formats" list.</summary>
    public static IReadOnlyList<FileType> All { get; } =
    [
        new(FileSignature.Jpeg, "image/jpeg", "image", "jpg", "jpeg", "jpe", "jfif"),
        new(FileSignature.Png, "image/png", "image", "png"),
        new(FileSignature.Gif, "image/gif", "image", "gif"),
        new(FileSignature.Webp, "image/webp", "image", "webp"),
        new(FileSignature.Avif, "image/avif", "image", "avif"),
        new(FileSignature.Heic, "image/heic", "image", "heic", "heif"),
        new(FileSignature.Tiff, "image/tiff", "image", "tif", "tiff"),
        new(FileSignature.Jxl, "image/jxl", "image", "jxl"),
        new(FileSignature.Jp2, "image/jp2", "image", "jp2"),
        new(FileSignature.Psd, "image/vnd.adobe.photoshop", "image", "psd"),
        new(FileSignature.Bmp, "image/bmp", "image", "bmp"),
        new(FileSignature.Svg, "image/svg+xml", "image", "svg"),
        new(FileSignature.Pdf, "application/pdf", "pdf", "pdf"),
        new(FileSignature.Mp4, "video/mp4", "video", "mp4", "m4v"),
        new(FileSignature.Mp4, "audio/mp4", "audio", "m4a", "m4b"),
        new(FileSignature.M4a, "audio/mp4", "audio", "m4a", "m4b"),
        new(FileSignature.QuickTime, "video/quicktime", "video", "mov", "qt"),
        new(FileSignature.Webm, "video/webm", "video", "webm"),
        new(FileSignature.Webm, "audio/webm", "audio", "weba"),
        new(FileSignature.Matroska, "video/matroska", "video", "mkv"),
        new(FileSignature.Avi, "video/vnd.avi", "video", "avi"),
        new(FileSignature.Mp3, "audio/mpeg", "audio", "mp3"),
        new(FileSignature.Aac, "audio/aac", "audio", "aac"),
        new(FileSignature.Wav, "audio/vnd.wave", "audio", "wav", "wave"),
        new(FileSignature.Ogg, "audio/ogg", "audio", "ogg", "oga", "opus"),
        new(FileSignature.Ogg, "video/ogg", "video", "ogv"),
        new(FileSignature.Flac, "audio/flac", "audio", "flac"),
        new(FileSignature.Zip, "application/zip", "document", "zip"),
        new(FileSignature.Zip, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document", "docx"),
        new(FileSignature.Zip, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document", "xlsx"),
        new(FileSignature.Zip, "application/vnd.openxmlformats-officedocument.presentationml.presentation", "document", "pptx"),
        new(FileSignature.Zip, "application/vnd.oasis.opendocument.text", "document", "odt"),
        new(FileSignature.CompoundFile, "application/msword", "document", "doc"),
        new(FileSignature.CompoundFile, "application/vnd.ms-excel", "document", "xls"),
        new(FileSignature.CompoundFile, "application/vnd.ms-powerpoint", "document", "ppt"),
        new(FileSignature.Rtf, "application/rtf", "document", "rtf"),
        new(FileSignature.Glb, "model/gltf-binary", "3d_tour", "glb"),
        new(FileSignature.Html, "text/html", "document", "html", "htm", "xhtml"),
        new(FileSignature.Text, "text/plain", "document", "txt", "text", "log"),
        new(FileSignature.Text, "text/csv", "document", "csv"),
        new(FileSignature.Text, "text/markdown", "document", "md", "markdown"),
        new(FileSignature.Text, "application/json", "document", "json"),
    ];

    // What clients write for the registered types. Source: WHATWG "MIME Sniffing" and what browsers and storage tools are known to send.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["image/jpg"] = "image/jpeg",
        ["image/pjpeg"] = "image/jpeg",
        ["image/x-png"] = "image/png",
        ["image/heif"] = "image/heic",
        ["image/x-ms-bmp"] = "image/bmp",
        ["application/x-pdf"] = "application/pdf",
        ["video/x-m4v"] = "video/mp4",
        ["video/x-msvideo"] = "video/vnd.avi",
        ["video/avi"] = "video/vnd.avi",
        ["video/x-matroska"] = "video/matroska",
        ["audio/mp3"] = "audio/mpeg",
        ["audio/x-m4a"] = "audio/mp4",
        ["audio/wav"] = "audio/vnd.wave",
        ["audio/x-wav"] = "audio/vnd.wave",
        ["audio/x-flac"] = "audio/flac",
        ["application/x-zip-compressed"] = "application/zip",
    };

    /// <summary>What one would call it in a sentence: <c>JPEG image</c>, <c>PDF document</c>.</summary>
    public string Name => $"{Signature switch
    {
        FileSignature.QuickTime => "QuickTime",
        FileSignature.CompoundFile => "Office",
        FileSignature.Text => "text",
        _ => Signature.ToString().ToUpperInvariant(),
    }} {AssetType switch { "pdf" => "document", "3d_tour" => "model", _ => AssetType }}";

    /// <summary>The type of content with this signature in a file of this extension.</summary>
    public static FileType Of(FileSignature signature, string extension) =>
        All.FirstOrDefault(type => type.Signature == signature && type.Extensions.Contains(extension)) ?? All.First(type => type.Signature == signature);

    /// <summary>What a name with this extension promises to be; null when the extension is not known.</summary>
    public static FileType? Promised(string extension) => All.FirstOrDefault(type => type.Extensions.Contains(extension));

    /// <summary>What a content type promises; null when it is none that is known, or one that says nothing.</summary>
    public static FileType? Declared(string? contentType)
    {
        var name = (contentType ?? "").Split(';')[0].Trim();
        if (Aliases.TryGetValue(name, out var registered)) name = registered;
        return All.FirstOrDefault(type => type.MimeType.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
