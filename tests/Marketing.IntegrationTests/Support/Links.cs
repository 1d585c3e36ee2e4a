using System.Text.RegularExpressions;

namespace Marketing.IntegrationTests.Support;

/// <summary>Reads the header <c>Link</c>.</summary>
public static partial class Links
{
    /// <summary>The address of a relation; null when the answer has none.</summary>
    public static string? Link(this HttpResponseMessage response, string relation) =>
        response.Headers.TryGetValues("Link", out var values)
            ? Relations().Matches(string.Join(", ", values)).FirstOrDefault(match => match.Groups[2].Value == relation)?.Groups[1].Value
            : null;

    [GeneratedRegex("<([^>]*)>; rel=\"(\\w+)\"")]
    private static partial Regex Relations();
}
