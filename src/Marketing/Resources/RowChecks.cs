using System.Text.Json;

namespace Marketing.Resources;

/// <summary>Checks that rules of several tables share.</summary>
internal static class RowChecks
{
    /// <summary>Refuses an end before its start. Days are compared as they stand: they have no zone.</summary>
    public static void EndsAfterStart<TRow>(this RowWrite<TRow> write, string startColumn, DateOnly? start, string endColumn, DateOnly? end) where TRow : class
    {
        if (end < start) write.Refuse(endColumn, "ends_before_start", $"{endColumn} must not be before {startColumn} ({start:yyyy-MM-dd}).");
    }

    /// <summary>Refuses a number below zero.</summary>
    public static void NotNegative<TRow>(this RowWrite<TRow> write, string column, decimal? value) where TRow : class
    {
        if (value < 0) write.Refuse(column, "out_of_range", $"{column} cannot be negative.");
    }

    /// <summary>Refuses a day that has begun nowhere; it may have begun in a zone ahead of UTC.</summary>
    public static void NotInFuture<TRow>(this RowWrite<TRow> write, string column, DateOnly value) where TRow : class
    {
        if (value > DateOnly.FromDateTime(write.Now.UtcDateTime.AddHours(14))) write.Refuse(column, "in_future", $"{column} cannot lie in the future.");
    }

    /// <summary>Refuses a value outside a list.</summary>
    public static void OneOf<TRow>(this RowWrite<TRow> write, string column, string? value, params IReadOnlyList<string> allowed) where TRow : class
    {
        if (value is not null && !allowed.Contains(value)) write.Refuse(column, "not_allowed", $"{column} must be one of {string.Join(", ", allowed)}.");
    }

    /// <summary>Refuses JSON that is no object.</summary>
    public static void IsObject<TRow>(this RowWrite<TRow> write, string column, string? json, string example) where TRow : class
    {
        if (json is null) return;
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) write.Refuse(column, "invalid_value", $"{column} must be a JSON object, for example {example}.");
    }

    /// <summary>Refuses an address that is no absolute http or https URL.</summary>
    public static void IsWebAddress<TRow>(this RowWrite<TRow> write, string column, string? value) where TRow : class
    {
        if (value is not null && !(Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            write.Refuse(column, "invalid_value", $"{column} must be an absolute address that begins with https:// or http://.");
    }
}
