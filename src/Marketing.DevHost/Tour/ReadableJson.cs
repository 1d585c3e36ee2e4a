using System.Text.Encodings.Web;
using System.Text.Json;

namespace Marketing.DevHost.Tour;

internal static class ReadableJson
{
    /// <summary>Letters beyond ASCII as they are: this is for a terminal, not for a web page.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
