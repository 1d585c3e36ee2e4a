using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Marketing.Resources.Writing;

/// <summary>Writes an entity as the JSON object that the API would show.</summary>
internal static class RowJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The object; write-only columns and those left out are not in it.</summary>
    public static string Write(Resource resource, object row, params IReadOnlyCollection<string> leaveOut)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        json.WriteStartObject();
        foreach (var column in resource.Readable)
        {
            if (leaveOut.Contains(column.Name)) continue;
            json.WritePropertyName(column.Name);
            WriteValue.Run(json, column, column.Accessor.Get(row));
        }
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
