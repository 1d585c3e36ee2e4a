using System.Globalization;
using System.Text.Json.Nodes;
using NetVips;

namespace Marketing.Library.Renditions;

/// <summary>The main colours of a picture: a histogram of coarse bins, whose means are the colours.</summary>
internal static class ExtractPalette
{
    private const int Edge = 96;
    private const int Colours = 5;

    // Colours closer than this (squared distance in RGB) are one to the eye.
    private const int Near = 48 * 48;

    /// <summary>Up to five colours with their share, largest first: <c>[{"hex":"#1a2b3c","name":"navy","share":0.42}]</c>.</summary>
    public static JsonArray Run(Image image)
    {
        using var small = image.ThumbnailImage(Edge, height: Edge);
        var pixels = small.WriteToMemory<byte>();
        var bins = new Dictionary<int, (long R, long G, long B, int Count)>();
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            var bin = (pixels[i] >> 5 << 6) | (pixels[i + 1] >> 5 << 3) | (pixels[i + 2] >> 5);
            var (r, g, b, count) = bins.GetValueOrDefault(bin);
            bins[bin] = (r + pixels[i], g + pixels[i + 1], b + pixels[i + 2], count + 1);
        }

        var chosen = new List<(int R, int G, int B, int Count)>();
        foreach (var (r, g, b, count) in bins.Values.OrderByDescending(bin => bin.Count))
        {
            var colour = (R: (int)(r / count), G: (int)(g / count), B: (int)(b / count), Count: count);
            var twin = chosen.FindIndex(other => Distance(other, colour) < Near);
            if (twin >= 0) chosen[twin] = chosen[twin] with { Count = chosen[twin].Count + count };
            else if (chosen.Count < Colours) chosen.Add(colour);
        }
        return new JsonArray([.. chosen.OrderByDescending(colour => colour.Count).Select(colour => new JsonObject
        {
            ["hex"] = string.Create(CultureInfo.InvariantCulture, $"#{colour.R:x2}{colour.G:x2}{colour.B:x2}"),
            ["name"] = ColourName.Of(colour.R, colour.G, colour.B),
            ["share"] = Math.Round(colour.Count * 3.0 / pixels.Length, 3),
        })]);
    }

    private static int Distance((int R, int G, int B, int Count) a, (int R, int G, int B, int Count) b) =>
        (a.R - b.R) * (a.R - b.R) + (a.G - b.G) * (a.G - b.G) + (a.B - b.B) * (a.B - b.B);
}
