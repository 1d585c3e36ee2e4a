using NetVips;

namespace Marketing.Library.Renditions.Features;

/// <summary>Measures a decoded picture.</summary>
internal static class MeasureImage
{
    private const int SharpnessEdge = 512;

    /// <summary>Every measure.</summary>
    /// <param name="image">Three bands of bytes, sRGB.</param>
    public static ImageFeatures Run(Image image)
    {
        using var small = image.ThumbnailImage(SharpnessEdge, height: SharpnessEdge, size: Enums.Size.Down);
        using var pixels = small.CopyMemory();
        using var grey = pixels.Colourspace(Enums.Interpretation.Bw);
        return new ImageFeatures(DifferenceHash(grey), Hash(pixels), Sharpness(grey), (float)(grey.Avg() / 255));
    }

    // Each bit: is a pixel brighter than its right neighbour, in a picture of 9×8.
    private static long DifferenceHash(Image grey)
    {
        using var tiny = grey.ThumbnailImage(9, height: 8, size: Enums.Size.Force);
        var pixels = tiny.WriteToMemory<byte>();
        var hash = 0L;
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++) hash = (hash << 1) | (pixels[y * 9 + x] > pixels[y * 9 + x + 1] ? 1L : 0L);
        return hash;
    }

    private static byte[] Hash(Image image)
    {
        using var tiny = image.ThumbnailImage(ThumbHash.MaxEdge, height: ThumbHash.MaxEdge, size: Enums.Size.Down);
        return ThumbHash.Encode(tiny.Width, tiny.Height, tiny.WriteToMemory<byte>());
    }

    private static float Sharpness(Image grey)
    {
        using var kernel = Image.NewFromArray(new double[,] { { 0, 1, 0 }, { 1, -4, 1 }, { 0, 1, 0 } });
        using var numbers = grey.Cast(Enums.BandFormat.Float);
        using var edges = numbers.Conv(kernel, precision: Enums.Precision.Float);
        var deviation = edges.Deviate();
        return (float)(deviation * deviation);
    }
}
