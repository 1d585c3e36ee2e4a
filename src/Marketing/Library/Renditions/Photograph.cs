using ImageMagick;
using Marketing.Library.Ingest;
using NetVips;

namespace Marketing.Library.Renditions;

/// <summary>A decoded image, upright, in sRGB, scaled down to an edge. It is decoded once; everything else is made from it.</summary>
internal sealed class Photograph : IDisposable
{
    /// <summary>Longest edge that is kept at ingest, in pixels: the largest rendition made there, and more than Instagram's 1,440.</summary>
    public const int LargeEdge = 1600;

    /// <summary>Longest edge of <see cref="Small"/>, in pixels.</summary>
    public const int SmallEdge = 512;

    private static readonly FileSignature[] OtherDecoder = [FileSignature.Heic, FileSignature.Bmp, FileSignature.Jxl, FileSignature.Jp2, FileSignature.Psd];

    static Photograph()
    {
        // libvips keeps operations and pixels of earlier images; here no image comes twice.
        Cache.Max = 0;
        // One picture a thread: the threads of one picture wait for its decoder and add a fifth to the work.
        NetVips.NetVips.Concurrency = 1;
        // ImageMagick has no limits of its own: memory in bytes, then seconds, then none of its disk cache.
        ResourceLimits.Memory = 256UL << 20;
        ResourceLimits.Disk = 0;
        ResourceLimits.Thread = 2;
    }

    private Image? small;

    private Photograph(Image image, int width, int height) => (Image, Width, Height) = (image, width, height);

    /// <summary>The pixels: three bands of bytes.</summary>
    public Image Image { get; }

    /// <summary>The pixels scaled down to <see cref="SmallEdge"/>, for what needs no more of them. It goes with the photograph.</summary>
    public Image Small => small ??= Shrink(Image);

    /// <summary>Width of the file's image as it is looked at, after EXIF rotation, in pixels.</summary>
    public int Width { get; }

    /// <summary>Height likewise.</summary>
    public int Height { get; }

    /// <summary>Frames of an animation, pages of a TIFF; 1 for a still picture. Only the first is shown.</summary>
    public int Frames { get; private init; } = 1;

    /// <summary>landscape, portrait or square, as the map names them.</summary>
    public string Orientation => Width > Height ? "landscape" : Width < Height ? "portrait" : "square";

    /// <summary>Decodes a file, after its header has shown that it may be.</summary>
    /// <param name="path">The file.</param>
    /// <param name="signature">What its content is.</param>
    /// <param name="limits">The most that is decoded.</param>
    /// <param name="edge">Longest edge of the pixels that are kept.</param>
    /// <exception cref="MediaException">It has too many pixels or frames, is damaged, cut off or dangerous.</exception>
    public static Photograph Decode(string path, FileSignature signature, LibraryOptions limits, int edge = LargeEdge)
    {
        try
        {
            if (OtherDecoder.Contains(signature)) return DecodeOther(path, limits, edge);
            // From memory, so that the drawing cannot name files beside it.
            var drawing = signature == FileSignature.Svg ? CheckSvg.Run(path, limits.MaxSvgBytes) : null;
            using var header = drawing is null ? Image.NewFromFile(path, access: Enums.Access.Sequential) : Image.NewFromBuffer(drawing, access: Enums.Access.Sequential);
            var (width, height, frames) = ReadHeader(header, limits);
            var profile = RgbProfile.Of(header);
            // libvips takes several times as long for a profile as for everything else of a JPEG, so it is asked for the rare ones only.
            var outputProfile = profile is not null || IsPlain(header) ? null : "srgb";
            using var thumbnail = drawing is null
                ? Image.Thumbnail(path, edge, height: edge, size: Enums.Size.Down, outputProfile: outputProfile, failOn: Enums.FailOn.Truncated)
                : Image.ThumbnailBuffer(drawing, edge, height: edge, size: Enums.Size.Down, outputProfile: outputProfile);
            var pixels = Opaque(thumbnail);
            return new Photograph(profile is { IsSrgb: false } ? profile.ToSrgb(pixels) : pixels, width, height) { Frames = frames };
        }
        catch (VipsException damaged)
        {
            throw Damaged(damaged);
        }
        catch (MagickException damaged)
        {
            throw Damaged(damaged);
        }
    }

    /// <summary>Frees the pixels.</summary>
    public void Dispose()
    {
        small?.Dispose();
        Image.Dispose();
    }

    private static Image Shrink(Image image)
    {
        using var shrunk = image.ThumbnailImage(SmallEdge, height: SmallEdge, size: Enums.Size.Down);
        return shrunk.CopyMemory();
    }

    // Without a profile, and of colours that are taken for sRGB anyhow.
    private static bool IsPlain(Image header) =>
        header.GetTypeOf("icc-profile-data") == 0
        && header.Interpretation is Enums.Interpretation.Srgb or Enums.Interpretation.Rgb or Enums.Interpretation.Bw or Enums.Interpretation.Rgb16 or Enums.Interpretation.Grey16;

    private static MediaException Damaged(Exception damaged)
    {
        // Messages of decoders name the temporary file; only what they say of the content is told.
        var said = string.Join(' ', damaged.Message.ReplaceLineEndings(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.Contains("ingest-", StringComparison.Ordinal)));
        return new MediaException($"The image is damaged or cut off: {said[..Math.Min(said.Length, 200)]} Upload it again.", damaged);
    }

    private static (int Width, int Height, int Frames) ReadHeader(Image header, LibraryOptions limits)
    {
        CheckPixels(header.Width, header.Height, limits);
        var frames = header.GetTypeOf("n-pages") != 0 && header.Get("n-pages") is int pages ? pages : 1;
        if (frames > limits.MaxFrames) throw new MediaException($"The image has {frames} frames; at most {limits.MaxFrames} are taken. Upload it as a video.");
        var turned = header.GetTypeOf("orientation") != 0 && header.Get("orientation") is int orientation and >= 5 and <= 8;
        return turned ? (header.Height, header.Width, frames) : (header.Width, header.Height, frames);
    }

    private static void CheckPixels(long width, long height, LibraryOptions limits)
    {
        if (width * height > limits.MaxPixels)
            throw new MediaException($"The image has {width} × {height} pixels; at most {limits.MaxPixels} are decoded. Upload a smaller one.");
    }

    private static Image Opaque(Image image)
    {
        using var colours = image.Colourspace(Enums.Interpretation.Srgb);
        using var opaque = colours.HasAlpha() ? colours.Flatten(background: [255, 255, 255]) : colours.Copy();
        using var bytes = opaque.Cast(Enums.BandFormat.Uchar);
        return bytes.CopyMemory();
    }

    // libvips, as it is built here, reads none of these formats.
    private static Photograph DecodeOther(string path, LibraryOptions limits, int edge)
    {
        var header = new MagickImageInfo(path);
        CheckPixels(header.Width, header.Height, limits);
        // The first frame: of a Photoshop file that is the flattened picture.
        using var image = new MagickImage(path, new MagickReadSettings { FrameIndex = 0, FrameCount = 1 });
        image.AutoOrient();
        var (width, height) = ((int)image.Width, (int)image.Height);
        if (width > edge || height > edge) image.Thumbnail((uint)edge, (uint)edge);
        if (image.GetColorProfile() is not null) image.TransformColorSpace(ColorProfiles.SRGB);
        image.ColorSpace = ColorSpace.sRGB;
        image.BackgroundColor = MagickColors.White;
        image.Alpha(AlphaAction.Remove);
        using var pixels = image.GetPixels();
        var bytes = pixels.ToByteArray(PixelMapping.RGB) ?? throw new MediaException("The image holds no pixels. Upload it again.");
        using var raw = Image.NewFromMemoryCopy(bytes, (int)image.Width, (int)image.Height, 3, Enums.BandFormat.Uchar);
        using var colours = raw.Copy(interpretation: Enums.Interpretation.Srgb);
        return new Photograph(colours.CopyMemory(), width, height);
    }
}
