using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Marketing.Resources.Reading;

/// <summary>Entity tags of rows: the number of the transaction that wrote the row (<c>xmin</c>), in quotes.</summary>
internal static class ETag
{
    /// <summary>The tag of a row version.</summary>
    public static string Of(string xmin) => $"\"{xmin}\"";

    /// <summary>True when <c>If-Match</c> is absent, is <c>*</c>, or names the tag.</summary>
    public static bool Matches(StringValues ifMatch, string current) => StringValues.IsNullOrEmpty(ifMatch) || Names(ifMatch, current, strong: true);

    /// <summary>True when <c>If-None-Match</c> is there and names the tag, so that the caller already has the row.</summary>
    public static bool IsKnown(StringValues ifNoneMatch, string current) => !StringValues.IsNullOrEmpty(ifNoneMatch) && Names(ifNoneMatch, current, strong: false);

    private static bool Names(StringValues header, string current, bool strong) =>
        EntityTagHeaderValue.TryParseList(header, out var tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(EntityTagHeaderValue.Parse(current), strong));
}
