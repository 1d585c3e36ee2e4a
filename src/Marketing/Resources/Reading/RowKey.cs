namespace Marketing.Resources.Reading;

/// <summary>How a caller names one row: by uuid or by business id.</summary>
/// <param name="Column">The unique column.</param>
/// <param name="Value">Its value.</param>
/// <param name="Text">What the caller wrote.</param>
internal sealed record RowKey(Column Column, object Value, string Text)
{
    private const int LongestBusinessNumber = 19;

    /// <summary>The key of a row that was found.</summary>
    public static RowKey Of(Resource resource, Guid id) => new(resource.Key, id, id.ToString());

    /// <summary>Reads a path segment.</summary>
    /// <exception cref="Problems.ProblemException">400: neither a uuid nor a business id of the table.</exception>
    public static RowKey Read(Resource resource, string text)
    {
        if (Guid.TryParseExact(text, "D", out var id)) return new RowKey(resource.Key, id, text);
        if (resource.BusinessId is { } column && IsBusinessId(text, resource.BusinessIdPrefix!)) return new RowKey(column, text, text);
        var example = resource.BusinessId is null ? "" : $" or a business id such as {resource.BusinessIdPrefix}-010001";
        throw new Problems.ProblemException(Problems.Problem.BadRequest("invalid_id",
            $"'{(text.Length > 80 ? $"{text[..80]}…" : text)}' is no id of {resource.Table}. Send a uuid{example}."));
    }

    private static bool IsBusinessId(string text, string prefix) =>
        text.Length > prefix.Length + 1 && text.Length <= prefix.Length + 1 + LongestBusinessNumber
        && text.StartsWith(prefix, StringComparison.Ordinal) && text[prefix.Length] == '-' && text.AsSpan(prefix.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;
}
