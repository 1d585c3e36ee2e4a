namespace Marketing.Resources.Querying;

/// <summary>Finds the name that a caller may have meant.</summary>
internal static class Nearest
{
    /// <summary>A sentence that suggests the nearest name, with a blank before it; empty when none is near.</summary>
    public static string Sentence(string wrong, IEnumerable<string> names)
    {
        if (wrong.Length > 64) return "";
        (string? Name, int Distance) nearest = (null, int.MaxValue);
        foreach (var name in names)
        {
            if (Distance(wrong, name) is var distance && distance < nearest.Distance) nearest = (name, distance);
        }
        return nearest.Name is not null && nearest.Distance <= Math.Clamp(Math.Min(wrong.Length, nearest.Name.Length) / 2, 1, 3) ? $" Did you mean '{nearest.Name}'?" : "";
    }

    /// <summary>Levenshtein's distance, ignoring case.</summary>
    private static int Distance(string one, string other)
    {
        Span<int> row = stackalloc int[other.Length + 1];
        for (var j = 0; j <= other.Length; j++) row[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                var cost = char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost);
                diagonal = above;
            }
        }
        return row[^1];
    }
}
