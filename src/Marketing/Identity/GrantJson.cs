using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Identity;

/// <summary>Reads and writes grants as the API and the database hold them, in snake case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Grant[]))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class GrantJson : JsonSerializerContext
{
    /// <summary>Values of claims as texts: a list gives each item, anything else one.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Claims(string json) => JsonSerializer.Deserialize(json, Default.DictionaryStringJsonElement)!.ToDictionary(claim => claim.Key, claim => Values(claim.Value));

    private static IReadOnlyList<string> Values(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.ToString())] : [value.ToString()];
}
