using System.Globalization;

namespace Marketing.Social.Platforms.Meta;

/// <summary>The Graph API's times: ISO 8601 whose zone has no colon.</summary>
internal static class GraphTime
{
    /// <summary>Reads one; null when it is none.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss+0000"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
