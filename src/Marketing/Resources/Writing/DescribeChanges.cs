using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Marketing.Resources.Writing;

/// <summary>Puts a row's changes into words for the audit log: <c>{"column": {"from": …, "to": …}}</c>.</summary>
internal static class DescribeChanges
{
    // The log tells that a long text changed, not the whole of it twice; content keeps its texts in content_versions.
    private const int LongestText = 500;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The changes as JSON; null when there are none.</summary>
    public static string? Run(Resource resource, object? before, object? after)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        json.WriteStartObject();
        var changes = 0;
        foreach (var column in resource.Columns)
        {
            if (before is not null && after is not null && column.Accessor.AreEqual(before, after)) continue;
            var (from, to) = (before is null ? null : column.Accessor.Get(before), after is null ? null : column.Accessor.Get(after));
            if (from is null && to is null) continue;
            changes++;
            json.WriteStartObject(column.Name);
            if (before is not null) Member(json, "from", column, from);
            if (after is not null) Member(json, "to", column, to);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
        return changes == 0 ? null : Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Member(Utf8JsonWriter json, string name, Column column, object? value)
    {
        json.WritePropertyName(name);
        if (value is not null && column.Access == ColumnAccess.WriteOnly) json.WriteStringValue("[redacted]");
        else if (value is string text && text.Length > LongestText) json.WriteStringValue(Shorten(text));
        else WriteValue.Run(json, column, value);
    }

    private static string Shorten(string text) => $"{text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)]}… ({text.Length} characters)";
}
