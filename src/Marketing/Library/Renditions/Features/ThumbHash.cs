namespace Marketing.Library.Renditions.Features;

/// <summary>A picture as some 25 bytes that a client unfolds into a blurred preview. Format: evanw/thumbhash (MIT), without transparency.</summary>
internal static class ThumbHash
{
    /// <summary>Longest edge of the input.</summary>
    public const int MaxEdge = 100;

    private const int LuminanceLimit = 7;

    /// <summary>The hash.</summary>
    /// <param name="width">Pixels, at most <see cref="MaxEdge"/>.</param>
    /// <param name="height">Likewise.</param>
    /// <param name="rgb">Three bytes a pixel.</param>
    public static byte[] Encode(int width, int height, ReadOnlySpan<byte> rgb)
    {
        var (l, p, q) = (new double[width * height], new double[width * height], new double[width * height]);
        for (var i = 0; i < l.Length; i++)
        {
            var (r, g, b) = (rgb[i * 3] / 255.0, rgb[i * 3 + 1] / 255.0, rgb[i * 3 + 2] / 255.0);
            (l[i], p[i], q[i]) = ((r + g + b) / 3, (r + g) / 2 - b, r - g);
        }
        var longest = Math.Max(width, height);
        var (lx, ly) = (Math.Max(1, (int)Math.Round((double)LuminanceLimit * width / longest)), Math.Max(1, (int)Math.Round((double)LuminanceLimit * height / longest)));
        var luminance = Channel(l, width, height, Math.Max(3, lx), Math.Max(3, ly));
        var yellowBlue = Channel(p, width, height, 3, 3);
        var redGreen = Channel(q, width, height, 3, 3);

        var isLandscape = width > height;
        var head24 = Round(63 * luminance.Mean) | Round(31.5 + 31.5 * yellowBlue.Mean) << 6 | Round(31.5 + 31.5 * redGreen.Mean) << 12 | Round(31 * luminance.Scale) << 18;
        var head16 = (isLandscape ? ly : lx) | Round(63 * yellowBlue.Scale) << 3 | Round(63 * redGreen.Scale) << 9 | (isLandscape ? 1 << 15 : 0);
        var waves = luminance.Waves.Concat(yellowBlue.Waves).Concat(redGreen.Waves).ToList();
        var hash = new byte[5 + (waves.Count + 1) / 2];
        (hash[0], hash[1], hash[2], hash[3], hash[4]) = ((byte)head24, (byte)(head24 >> 8), (byte)(head24 >> 16), (byte)head16, (byte)(head16 >> 8));
        for (var i = 0; i < waves.Count; i++) hash[5 + i / 2] |= (byte)(Round(15 * waves[i]) << ((i & 1) << 2));
        return hash;
    }

    // A cosine transform of which the low waves of a triangle are kept.
    private static (double Mean, double Scale, List<double> Waves) Channel(double[] values, int width, int height, int nx, int ny)
    {
        var (mean, scale, waves) = (0.0, 0.0, new List<double>());
        var (along, down) = (Cosines(width, nx), Cosines(height, ny));
        for (var cy = 0; cy < ny; cy++)
        {
            for (var cx = 0; cx * ny < nx * (ny - cy); cx++)
            {
                var sum = 0.0;
                for (var y = 0; y < height; y++)
                {
                    var inRow = 0.0;
                    for (var x = 0; x < width; x++) inRow += values[x + y * width] * along[cx * width + x];
                    sum += inRow * down[cy * height + y];
                }
                sum /= width * height;
                if (cx == 0 && cy == 0) mean = sum;
                else waves.Add(sum);
                if (cx > 0 || cy > 0) scale = Math.Max(scale, Math.Abs(sum));
            }
        }
        if (scale > 0) waves = waves.ConvertAll(wave => 0.5 + 0.5 / scale * wave);
        return (mean, scale, waves);
    }

    private static double[] Cosines(int length, int waves)
    {
        var cosines = new double[length * waves];
        for (var wave = 0; wave < waves; wave++)
            for (var at = 0; at < length; at++) cosines[wave * length + at] = Math.Cos(Math.PI / length * wave * (at + 0.5));
        return cosines;
    }

    private static int Round(double value) => (int)Math.Floor(value + 0.5);
}
