using System.Globalization;
using System.Text.Json;

namespace Marketing.Social.Platforms.Http;

/// <summary>Reads platforms' answers, where anything may be missing or of another kind than documented: nothing here throws.</summary>
internal static class JsonReading
{
    /// <summary>A member; undefined when there is none.</summary>
    public static JsonElement Child(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var child) ? child : default;

    /// <summary>A member as text: a string, or a number as it is written, since ids come as both; null when there is none or it is empty.</summary>
    public static string? Text(this JsonElement parent, string name) => parent.Child(name).Text();

    /// <inheritdoc cref="Text(JsonElement, string)"/>
    public static string? Text(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    /// <summary>A member as a whole number, written as a number or as text; null when it is none.</summary>
    public static long? Number(this JsonElement parent, string name) =>
        long.TryParse(parent.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>True when a member is true.</summary>
    public static bool Flag(this JsonElement parent, string name) => parent.Child(name).ValueKind == JsonValueKind.True;

    /// <summary>Entries of a member that is a list; empty when it is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement parent, string name) =>
        parent.Child(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
