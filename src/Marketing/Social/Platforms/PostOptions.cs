using System.Text.Json.Nodes;

namespace Marketing.Social.Platforms;

/// <summary>
/// Options of one post that the schema has no column for, such as <c>title</c>, <c>privacy_level</c>, <c>board_id</c> or <c>first_comment</c>;
/// one JSON object a post in <c>marketing_ops.post_options</c>. The names that a platform knows are its preflight's to check.
/// </summary>
public sealed class PostOptions(JsonObject values)
{
    /// <summary>A post without options.</summary>
    public static readonly PostOptions None = new([]);

    /// <summary>Reads the stored object; null is no options.</summary>
    public static PostOptions Parse(string? json) => json is null ? None : new(JsonNode.Parse(json)!.AsObject());

    /// <summary>Names of the options that are set.</summary>
    public IEnumerable<string> Names => values.Where(option => option.Value is not null).Select(option => option.Key);

    /// <summary>A text; null when it is not set or no text.</summary>
    public string? Text(string name) => values[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A truth value; null when it is not set or none.</summary>
    public bool? Flag(string name) => values[name] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>A whole number; null when it is not set or none.</summary>
    public long? Number(string name) => values[name] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    /// <summary>A list of objects, for example <c>user_tags</c>; empty when it is not set.</summary>
    public IReadOnlyList<JsonObject> Objects(string name) => values[name] is JsonArray list ? [.. list.OfType<JsonObject>()] : [];

    /// <summary>A list of texts, for example <c>alt_texts</c>; empty when it is not set.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        values[name] is JsonArray list ? [.. list.OfType<JsonValue>().Select(value => value.TryGetValue(out string? text) ? text : "")] : [];
}
