using System.Globalization;
using System.Text.Json;

namespace Marketing.Webhooks.Events;

/// <summary>Reads members of providers' events without ever throwing: what is absent or of another kind is null.</summary>
internal static class EventJson
{
    // Beyond this a timestamp counts milliseconds, as some of SendGrid's examples do.
    private const double FirstMillisecondTimestamp = 100_000_000_000;
    private const double LastTimestamp = 253_402_300_799_000;

    /// <summary>The member; an undefined element where there is none.</summary>
    public static JsonElement Member(this JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The member whose name fits in any case.</summary>
    public static JsonElement MemberInAnyCase(this JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object) return default;
        foreach (var member in json.EnumerateObject())
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return member.Value;
        return default;
    }

    /// <summary>The text; null for anything but a text with letters in it.</summary>
    public static string? Text(this JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text.Replace('\0', '\uFFFD') : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is JSON, yet no text.
            return null;
        }
    }

    /// <summary>The text of a member.</summary>
    public static string? Text(this JsonElement json, string name) => json.Member(name).Text();

    /// <summary>True only for the JSON value true.</summary>
    public static bool IsTrue(this JsonElement json, string name) => json.Member(name).ValueKind == JsonValueKind.True;

    /// <summary>A time in Unix seconds or milliseconds.</summary>
    public static DateTimeOffset? UnixTime(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is <= 0 or > LastTimestamp) return null;
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(number >= FirstMillisecondTimestamp ? number : number * 1000));
    }

    /// <summary>A time in ISO 8601.</summary>
    public static DateTimeOffset? IsoTime(this JsonElement value) =>
        value.Text() is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at.Year is > 1970 and < 9000 ? at : null;
}
