namespace Marketing.Library.Renditions;

/// <summary>A word for a colour, the nearest of the few that people search with.</summary>
internal static class ColourName
{
    // Named colours of CSS Color Module Level 4 and their neighbours, several a word where a word covers much.
    private static readonly (string Name, int R, int G, int B)[] Named =
    [
        ("black", 10, 10, 10), ("white", 250, 250, 250), ("grey", 128, 128, 128), ("grey", 80, 80, 80), ("grey", 190, 190, 190), ("red", 200, 30, 30), ("orange", 235, 130, 40),
        ("yellow", 240, 210, 60), ("green", 60, 140, 60), ("green", 110, 150, 90), ("green", 45, 65, 40), ("olive", 110, 110, 50), ("teal", 30, 120, 120), ("cyan", 80, 200, 215),
        ("blue", 40, 90, 190), ("blue", 110, 160, 215), ("navy", 25, 35, 80), ("purple", 120, 60, 150), ("pink", 235, 150, 180), ("brown", 110, 70, 45), ("brown", 60, 40, 28),
        ("beige", 225, 210, 185), ("tan", 190, 155, 115),
    ];

    /// <summary>Every word.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Named.Select(named => named.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The word.</summary>
    public static string Of(int r, int g, int b) =>
        Named.MinBy(named => (named.R - r) * (named.R - r) * 2 + (named.G - g) * (named.G - g) * 4 + (named.B - b) * (named.B - b) * 3).Name;
}
