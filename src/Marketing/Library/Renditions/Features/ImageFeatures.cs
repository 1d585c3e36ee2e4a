using System.Text.Json.Serialization;

namespace Marketing.Library.Renditions.Features;

/// <summary>Measured properties of a picture, kept in <c>marketing_ops.asset_features</c>.</summary>
/// <param name="PerceptualHash">64 comparisons of neighbouring grey values; pictures that look the same differ in few bits.</param>
/// <param name="ThumbHash">A blurred preview of some 25 bytes (evanw/thumbhash).</param>
/// <param name="Sharpness">Variance of the Laplacian at 512 pixels; below some 50 most photographs look blurred.</param>
/// <param name="Exposure">Mean luminance from 0, black, to 1, white.</param>
internal sealed record ImageFeatures(long PerceptualHash, byte[] ThumbHash, float Sharpness, float Exposure);

/// <summary>Where a face is, as parts of width and height. Whose it is nobody asks.</summary>
internal sealed record FaceBox(
    [property: JsonPropertyName("x")] double X, [property: JsonPropertyName("y")] double Y, [property: JsonPropertyName("width")] double Width,
    [property: JsonPropertyName("height")] double Height, [property: JsonPropertyName("confidence")] double Confidence);

[JsonSerializable(typeof(IReadOnlyList<FaceBox>))]
internal sealed partial class FaceJson : JsonSerializerContext;
