namespace Marketing.Library.Tagging;

/// <summary>Puts tags into a sentence, for installations whose tagger cannot write one.</summary>
internal static class DescribeAsset
{
    /// <summary>A sentence such as <c>Landscape photograph: pool, patio. (Composed from tags.)</c></summary>
    public static string Run(string orientation, IReadOnlyList<string> tags) => $"{AltText(orientation, tags)} (Composed from tags.)";

    /// <summary>The sentence without its mark, for screen readers.</summary>
    public static string AltText(string orientation, IReadOnlyList<string> tags) =>
        $"{char.ToUpperInvariant(orientation[0])}{orientation[1..]} photograph{(tags.Count == 0 ? "" : $": {string.Join(", ", tags.Take(5))}")}.";
}
