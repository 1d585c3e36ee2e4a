using NetVips;

namespace Marketing.Library.Renditions.Features;

/// <summary>Measures a decoded picture.</summary>
internal static class MeasureImage
{
    private const int HashWidth = 9;
    private const int HashHeight = 8;

    /// <summary>Every measure.</summary>
    /// <param name="small">Three bands of bytes, sRGB, of <see cref="Photograph.SmallEdge"/> or less.</param>
    public static ImageFeatures Run(Image small)
    {
        var (width, height, grey) = (small.Width, small.Height, Luminance(small.WriteToMemory<byte>()));
        return new ImageFeatures(DifferenceHash(grey, width, height), Hash(small), Sharpness(grey, width, height), (float)Mean(grey));
    }

    // Rec. 709 weights of the encoded values, in 256ths.
    private static byte[] Luminance(byte[] rgb)
    {
        var grey = new byte[rgb.Length / 3];
        for (var i = 0; i < grey.Length; i++) grey[i] = (byte)((rgb[i * 3] * 54 + rgb[i * 3 + 1] * 183 + rgb[i * 3 + 2] * 19) >> 8);
        return grey;
    }

    private static double Mean(byte[] grey)
    {
        var sum = 0L;
        foreach (var value in grey) sum += value;
        return sum / 255.0 / grey.Length;
    }

    // Each bit: is a cell brighter than its right neighbour, of 9×8 cells that cover the picture.
    private static long DifferenceHash(byte[] grey, int width, int height)
    {
        var cells = new double[HashWidth * HashHeight];
        for (var row = 0; row < HashHeight; row++)
        {
            var (top, bottom) = Span(row, HashHeight, height);
            for (var column = 0; column < HashWidth; column++)
            {
                var (left, right) = Span(column, HashWidth, width);
                var sum = 0L;
                for (var y = top; y < bottom; y++)
                    for (var x = left; x < right; x++) sum += grey[y * width + x];
                cells[row * HashWidth + column] = (double)sum / ((bottom - top) * (right - left));
            }
        }
        var hash = 0L;
        for (var row = 0; row < HashHeight; row++)
            for (var column = 0; column < HashWidth - 1; column++)
                hash = (hash << 1) | (cells[row * HashWidth + column] > cells[row * HashWidth + column + 1] ? 1L : 0L);
        return hash;

        // Of a picture narrower than the grid cells share pixels.
        static (int From, int To) Span(int cell, int cells, int length)
        {
            var from = Math.Min(cell * length / cells, length - 1);
            return (from, Math.Max(from + 1, (cell + 1) * length / cells));
        }
    }

    private static byte[] Hash(Image image)
    {
        using var tiny = image.ThumbnailImage(ThumbHash.MaxEdge, height: ThumbHash.MaxEdge, size: Enums.Size.Down);
        return ThumbHash.Encode(tiny.Width, tiny.Height, tiny.WriteToMemory<byte>());
    }

    // Variance of the Laplacian; the border has no four neighbours and is left out.
    private static float Sharpness(byte[] grey, int width, int height)
    {
        var (sum, squares, count) = (0L, 0L, Math.Max(1, (width - 2) * (height - 2)));
        for (var y = 1; y < height - 1; y++)
        {
            for (var i = y * width + 1; i < (y + 1) * width - 1; i++)
            {
                var edge = grey[i - width] + grey[i + width] + grey[i - 1] + grey[i + 1] - 4 * grey[i];
                sum += edge;
                squares += edge * edge;
            }
        }
        var mean = (double)sum / count;
        return (float)((double)squares / count - mean * mean);
    }
}
