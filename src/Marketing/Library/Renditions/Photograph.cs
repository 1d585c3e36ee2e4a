using Marketing.Library.Ingest;
using NetVips;

namespace Marketing.Library.Renditions;

/// <summary>A decoded image, upright, in sRGB, at most <see cref="LargeEdge"/> pixels wide and high. It is decoded once; everything else is made from it.</summary>
internal sealed class Photograph : IDisposable
{
    /// <summary>Longest edge of the large rendition, in pixels: full width of a web page, and more than Instagram's 1,440.</summary>
    public const int LargeEdge = 1600;

    static Photograph()
    {
        // libvips keeps operations and pixels of earlier images; here no image comes twice.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = Math.Min(2, Environment.ProcessorCount);
    }

    private Photograph(Image image, int width, int height) => (Image, Width, Height) = (image, width, height);

    /// <summary>The pixels: three bands of bytes.</summary>
    public Image Image { get; }

    /// <summary>Width of the file's image as it is looked at, after EXIF rotation, in pixels.</summary>
    public int Width { get; }

    /// <summary>Height likewise.</summary>
    public int Height { get; }

    /// <summary>landscape, portrait or square, as the map names them.</summary>
    public string Orientation => Width > Height ? "landscape" : Width < Height ? "portrait" : "square";

    /// <summary>Decodes a file, after its header has shown that it may be.</summary>
    /// <exception cref="MediaException">It has too many pixels, is damaged or cut off.</exception>
    public static Photograph Decode(string path, long maxPixels)
    {
        try
        {
            var (width, height) = ReadHeader(path, maxPixels);
            using var thumbnail = Image.Thumbnail(path, LargeEdge, height: LargeEdge, size: Enums.Size.Down, outputProfile: "srgb", failOn: Enums.FailOn.Truncated);
            using var colours = thumbnail.Colourspace(Enums.Interpretation.Srgb);
            using var opaque = colours.HasAlpha() ? colours.Flatten(background: [255, 255, 255]) : colours.Copy();
            using var bytes = opaque.Cast(Enums.BandFormat.Uchar);
            return new Photograph(bytes.CopyMemory(), width, height);
        }
        catch (VipsException damaged)
        {
            throw new MediaException($"The image is damaged or cut off: {damaged.Message.ReplaceLineEndings(" ").Trim()} Upload it again.", damaged);
        }
    }

    /// <summary>Frees the pixels.</summary>
    public void Dispose() => Image.Dispose();

    private static (int Width, int Height) ReadHeader(string path, long maxPixels)
    {
        using var header = Image.NewFromFile(path, access: Enums.Access.Sequential);
        if ((long)header.Width * header.Height > maxPixels)
            throw new MediaException($"The image has {header.Width} × {header.Height} pixels; at most {maxPixels} are decoded. Upload a smaller one.");
        var turned = header.GetTypeOf("orientation") != 0 && header.Get("orientation") is int orientation and >= 5 and <= 8 && orientation > 0;
        return turned ? (header.Height, header.Width) : (header.Width, header.Height);
    }
}
