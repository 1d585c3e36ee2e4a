using System.IO.Compression;
using System.Text;
using ImageMagick;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>A file that somebody may upload, and how its ingest must end.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its content.</param>
/// <param name="State">active or error.</param>
/// <param name="Says">Part of the reason; null when there need not be one.</param>
public sealed record CorpusFile(string Name, byte[] Content, string State, string? Says = null);

/// <summary>Files good, odd, broken and hostile, made here rather than kept.</summary>
internal static class Corpus
{
    private static readonly byte[] Script = "<script>alert(1)</script>"u8.ToArray();

    public static IEnumerable<CorpusFile> All()
    {
        using var photo = Photo();
        var jpeg = photo.JpegsaveBuffer();
        yield return new("zero.jpg", [], "error", "empty");
        yield return new("one.jpg", [0xFF], "error", "The name says JPEG");
        for (var tenth = 1; tenth <= 9; tenth++) yield return new($"truncated{tenth}.jpg", jpeg[..(jpeg.Length * tenth / 10)], "error", "damaged or cut off");
        yield return new("really-a-png.jpg", photo.PngsaveBuffer(), "error", "The name says JPEG");
        yield return new("photo-called.pdf", jpeg, "error", "The name says PDF");
        yield return new("gif-and-script.gif", [.. "GIF89a/*"u8, .. new byte[64], .. "*/=1;"u8, .. Script], "error", "damaged");
        yield return new("gif-and-page.gif", [.. photo.GifsaveBuffer(), .. Script], "active");
        yield return new("page.html", [.. "<!doctype html>"u8, .. Script], "error", "web page");

        yield return new("30000.png", OneColourPng(30_000), "error", "30000 × 30000");
        yield return new("frames.gif", Animation(3_000), "error", "3000 frames");
        yield return new("frames-few.gif", Animation(12), "active", "12 frames");

        yield return new("plain.svg", Svg("<circle cx='20' cy='20' r='9' fill='red'/>"), "active");
        yield return new("script.svg", Svg("<script>alert(1)</script>"), "error", "element script");
        yield return new("handler.svg", Svg("<circle r='9' onclick='alert(1)'/>"), "error", "handler onclick");
        yield return new("reference.svg", Svg("<image href='file:///etc/passwd' width='9' height='9'/>"), "error", "another file");
        yield return new("style.svg", Svg("<style>@import url(http://169.254.169.254/)</style>"), "error", "loads another file");
        yield return new("entities.svg", Encoding.UTF8.GetBytes("<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>"), "error", "declares entities");

        yield return new("bomb.zip", ZipBomb(), "error", "unfolds");
        yield return new("cut.zip", ZipBomb()[..200], "error", "archive is damaged");
        yield return new("pages.pdf", Pdf(10_000), "active", "10000 pages");
        yield return new("words.pdf", Pdf(2), "active", "2 pages");
        yield return new("cut.pdf", Pdf(2)[..300], "active", null);
        yield return new("pdf-and-zip.pdf", [.. Pdf(1), .. ZipBomb()[..500]], "active", null);

        for (var orientation = 1; orientation <= 8; orientation++)
        {
            using var turned = photo.Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", orientation));
            yield return new($"exif{orientation}.jpg", turned.JpegsaveBuffer(), "active");
        }
        using (var wide = photo.Colourspace(Enums.Interpretation.Rgb16)) yield return new("16bit.png", wide.PngsaveBuffer(), "active");
        using (var wide = photo.Colourspace(Enums.Interpretation.Rgb16)) yield return new("16bit.tiff", wide.TiffsaveBuffer(), "active");
        using (var broken = photo.Mutate(mutable => mutable.Set(GValue.BlobType, "icc-profile-data", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }))) yield return new("corrupt-icc.jpg", broken.JpegsaveBuffer(), "active");
        yield return new("photo.webp", photo.WebpsaveBuffer(), "active");
        yield return new("photo.avif", photo.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 1), "active");

        using var picture = new MagickImage(jpeg);
        foreach (var (extension, format) in new[] { ("bmp", MagickFormat.Bmp), ("jxl", MagickFormat.Jxl), ("jp2", MagickFormat.Jp2), ("psd", MagickFormat.Psd) }) yield return new($"photo.{extension}", picture.ToByteArray(format), "active");
        yield return new("cut.psd", picture.ToByteArray(MagickFormat.Psd)[..400], "error", "damaged");
        picture.ColorSpace = ColorSpace.CMYK;
        yield return new("cmyk.jpg", picture.ToByteArray(MagickFormat.Jpeg), "active");

        yield return new("a'\"; --%2e%2e<&>{$}🏖 .jpg", jpeg, "active");
        foreach (var (name, says) in new[] { ("small.heic", null), ("encrypted.pdf", "encrypted"), ("rotated.mp4", null), ("film.webm", null), ("cover.mp3", (string?)null) })
            yield return new(name, Kept(name), "active", says);
        yield return new("cut.heic", Kept("small.heic")[..600], "error", "damaged");
        yield return new("noise.mp4", [0, 0, 0, 24, .. "ftypisom"u8, .. new byte[400]], "any", null);
    }

    /// <summary>A file that is kept, since nothing here could write it.</summary>
    public static byte[] Kept(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Library", "Files", name));

    /// <summary>Something to look at: noise over a slope, 320×200.</summary>
    public static Image Photo()
    {
        using var noise = Image.Gaussnoise(320, 200, sigma: 20, mean: 0, seed: 7);
        using var slope = Image.Xyz(320, 200);
        using var grey = slope[0] / 2 + noise + 40;
        using var joined = grey.Bandjoin(grey * 0.8 + 20, slope[1] + 30);
        using var bytes = joined.Cast(Enums.BandFormat.Uchar);
        using var colours = bytes.Copy(interpretation: Enums.Interpretation.Srgb);
        return colours.CopyMemory();
    }

    private static byte[] Svg(string inner) => Encoding.UTF8.GetBytes($"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>{inner}</svg>");

    private static byte[] OneColourPng(int edge)
    {
        using var image = Image.Black(edge, edge);
        return image.PngsaveBuffer(compression: 9, bitdepth: 1);
    }

    private static byte[] Animation(int frames)
    {
        using var strip = Image.Xyz(8, 8 * frames);
        using var bytes = ((strip[1] / 8) % 2 * 255).Cast(Enums.BandFormat.Uchar);
        using var animated = bytes.Mutate(mutable => mutable.Set(GValue.GIntType, "page-height", 8));
        return animated.GifsaveBuffer(effort: 1);
    }

    private static byte[] ZipBomb()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("zeros", CompressionLevel.SmallestSize).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 100; i++) entry.Write(zeros);
        }
        return file.ToArray();
    }

    private static byte[] Pdf(int pages)
    {
        var builder = new UglyToad.PdfPig.Writer.PdfDocumentBuilder();
        var font = builder.AddStandard14Font(UglyToad.PdfPig.Fonts.Standard14Fonts.Standard14Font.Helvetica);
        for (var page = 0; page < pages; page++) builder.AddPage(200, 200).AddText($"seahorse {page}", 12, new UglyToad.PdfPig.Core.PdfPoint(20, 100), font);
        return builder.Build();
    }
}
