using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Marketing.Resources.Writing;

/// <summary>Puts a row's changes into words for the audit log: <c>{"column": {"from": …, "to": …}}</c>.</summary>
internal static class DescribeChanges
{
    // The log tells that a long text changed, not the whole of it twice; content keeps its texts in content_versions.
    private const int LongestText = 500;

    /// <summary>The changes as JSON; null when there are none.</summary>
    public static string? Run(Resource resource, EntityEntry entry)
    {
        var changes = new JsonObject();
        foreach (var column in resource.Columns)
        {
            var property = entry.Property(column.Property);
            var change = new JsonObject();
            if (entry.State is EntityState.Modified or EntityState.Deleted && property.OriginalValue is not null) change["from"] = Value(column, property.OriginalValue);
            if (entry.State is EntityState.Modified or EntityState.Added && property.CurrentValue is not null) change["to"] = Value(column, property.CurrentValue);
            if (change.Count > 0 && (entry.State != EntityState.Modified || property.IsModified)) changes[column.Name] = change;
        }
        return changes.Count == 0 ? null : changes.ToJsonString();
    }

    private static JsonNode? Value(Column column, object value) => value switch
    {
        _ when column.Access == ColumnAccess.WriteOnly => "[redacted]",
        string json when column.Type.Name == "jsonb" => json.Length > LongestText ? Shorten(json) : JsonNode.Parse(json),
        string text => Shorten(text),
        string[] list => JsonSerializer.SerializeToNode(list),
        bool boolean => boolean,
        int integer => integer,
        long bigint => bigint,
        decimal number => number,
        DateTimeOffset instant => instant.ToString("O"),
        IFormattable other => other.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static string Shorten(string text) =>
        text.Length > LongestText ? $"{text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)]}… ({text.Length} characters)" : text;
}
