using NetVips;

namespace Marketing.Library.Renditions;

/// <summary>Makes one rendition from decoded pixels. Pictures are never enlarged; nothing of the file's metadata comes along.</summary>
internal static class RenderPreset
{
    private const int WebpQuality = 80;
    private const int JpegQuality = 84;
    private const int AvifQuality = 58;
    private const int AvifEffort = 2;

    /// <summary>Formats by their extension, with media types.</summary>
    public static IReadOnlyDictionary<string, string> Formats { get; } = new Dictionary<string, string> { ["webp"] = "image/webp", ["jpg"] = "image/jpeg", ["avif"] = "image/avif" };

    /// <summary>The pixels in the preset's shape. Dispose them.</summary>
    /// <param name="image">Upright sRGB.</param>
    /// <param name="preset">The shape.</param>
    /// <param name="focus">The point that stays in the picture, as parts of width and height.</param>
    public static Image Run(Image image, Preset preset, (double X, double Y) focus)
    {
        if (!preset.Cuts) return image.ThumbnailImage(preset.Width, height: preset.Height, size: NetVips.Enums.Size.Down);
        var (left, top, width, height) = Window(image.Width, image.Height, preset, focus);
        using var window = image.ExtractArea(left, top, width, height);
        return width <= preset.Width ? window.Copy() : window.ThumbnailImage(preset.Width, height: preset.Height, size: NetVips.Enums.Size.Force);
    }

    /// <summary>The largest part of a picture with the preset's proportions, as near to centred on the focus as it goes.</summary>
    public static (int Left, int Top, int Width, int Height) Window(int imageWidth, int imageHeight, Preset preset, (double X, double Y) focus)
    {
        var scale = Math.Min((double)imageWidth / preset.Width, (double)imageHeight / preset.Height);
        var width = Math.Clamp((int)Math.Round(preset.Width * scale), 1, imageWidth);
        var height = Math.Clamp((int)Math.Round(preset.Height * scale), 1, imageHeight);
        return (Place(focus.X, imageWidth, width), Place(focus.Y, imageHeight, height), width, height);

        static int Place(double centre, int whole, int part) => Math.Clamp((int)Math.Round(centre * whole - part / 2.0), 0, whole - part);
    }

    /// <summary>The file.</summary>
    public static byte[] Encode(Image image, string extension) => extension switch
    {
        "webp" => image.WebpsaveBuffer(q: WebpQuality, keep: NetVips.Enums.ForeignKeep.None),
        "jpg" => image.JpegsaveBuffer(q: JpegQuality, interlace: true, keep: NetVips.Enums.ForeignKeep.None),
        "avif" => image.HeifsaveBuffer(q: AvifQuality, compression: NetVips.Enums.ForeignHeifCompression.Av1, effort: AvifEffort, keep: NetVips.Enums.ForeignKeep.None),
        _ => throw new ArgumentOutOfRangeException(nameof(extension), extension, "No such format."),
    };
}
