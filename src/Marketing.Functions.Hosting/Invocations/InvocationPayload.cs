using System.Text.Json;

namespace Marketing.Functions.Hosting;

/// <summary>
/// What the host posts to a queue, blob or timer function: <c>{"Data": {binding: value}, "Metadata": {…}}</c>. Strings and numbers in it
/// are JSON text inside a JSON string; objects are plain. Members of a JSON queue message are copied into <c>Metadata</c> and may replace
/// any member there, so nothing is taken from it but the address of a blob.
/// </summary>
internal sealed class InvocationPayload(JsonElement root)
{
    /// <summary>The text of a queue message.</summary>
    /// <exception cref="InvalidDataException">The binding is missing.</exception>
    public string Text(string binding) => Unwrap(Data(binding)) ?? throw new InvalidDataException($"The invocation carries no text in Data.{binding}.");

    /// <summary>A timer's state.</summary>
    public TimerInfo Timer(string binding) => Data(binding).Deserialize(TriggerJson.Default.TimerInfo) ?? new TimerInfo();

    /// <summary>The address of the blob that started the function.</summary>
    /// <exception cref="InvalidDataException">The metadata has none.</exception>
    public Uri BlobUri() =>
        root.TryGetProperty("Metadata", out var metadata) && metadata.TryGetProperty("Uri", out var uri) && Unwrap(uri) is { } text
            ? new Uri(text)
            : throw new InvalidDataException("The invocation carries no Metadata.Uri.");

    private JsonElement Data(string binding) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("Data", out var data) && data.ValueKind == JsonValueKind.Object && data.TryGetProperty(binding, out var value)
            ? value
            : throw new InvalidDataException($"The invocation carries no Data.{binding}.");

    private static string? Unwrap(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : value.GetRawText();
        var outer = value.GetString()!;
        try
        {
            using var inner = JsonDocument.Parse(outer);
            return inner.RootElement.ValueKind == JsonValueKind.String ? inner.RootElement.GetString() : outer;
        }
        catch (JsonException)
        {
            return outer;
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(TimerInfo))]
internal sealed partial class TriggerJson : System.Text.Json.Serialization.JsonSerializerContext;
