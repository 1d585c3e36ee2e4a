using System.Text.Json.Serialization;

namespace Marketing.Library.Renditions;

/// <summary>One file made from an asset.</summary>
/// <param name="Preset">Name of its preset.</param>
/// <param name="Format">webp or jpeg.</param>
/// <param name="Url">Its address.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Bytes">Size of the file.</param>
internal sealed record Rendition(
    [property: JsonPropertyName("preset")] string Preset, [property: JsonPropertyName("format")] string Format, [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("width")] int Width, [property: JsonPropertyName("height")] int Height, [property: JsonPropertyName("bytes")] int Bytes);

[JsonSerializable(typeof(IReadOnlyList<Rendition>))]
internal sealed partial class RenditionJson : JsonSerializerContext;
