using System.Globalization;
using System.Text.Json;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>Reads numbers and lists of answers without ever throwing: what is absent or of another kind is null.</summary>
internal static class Wire
{
    /// <summary>A whole number, also one that is written as text, as YouTube does.</summary>
    public static long? Count(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) && Math.Abs(number) < 9e15 => (long)Math.Round(number),
        JsonValueKind.String when long.TryParse(value.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var written) => written,
        _ => null,
    };

    /// <summary>A whole number of a member.</summary>
    public static long? Count(this JsonElement json, string name) => json.Member(name).Count();

    /// <summary>Items of a list; none for anything else.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    /// <summary>Milliseconds as whole seconds.</summary>
    public static long? Seconds(long? milliseconds) => milliseconds is { } value ? value / 1000 : null;

    /// <summary>A day as the platforms write it.</summary>
    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The first second of a day, UTC, since 1970.</summary>
    public static long Unix(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds();
}
