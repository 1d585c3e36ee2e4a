using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Problems;

namespace Marketing.Resources.Http;

/// <summary>A JSON Patch (RFC 6902): add, remove, replace, move, copy, test, with JSON Pointers (RFC 6901).</summary>
internal sealed class JsonPatch
{
    private const int MaxOperations = 100;

    private readonly List<(string Kind, string[] Path, string[]? From, JsonNode? Value)> operations;

    private JsonPatch(List<(string, string[], string[]?, JsonNode?)> operations) => this.operations = operations;

    /// <summary>Reads the list of operations.</summary>
    /// <exception cref="ProblemException">400: no JSON Patch.</exception>
    public static JsonPatch Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > MaxOperations) throw Refuse($"a list of 1 to {MaxOperations} operations");
        var operations = new List<(string, string[], string[]?, JsonNode?)>();
        foreach (var item in json.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("op", out var kind) || !item.TryGetProperty("path", out var path)) throw Refuse("operations with op and path");
            var name = kind.ToString();
            if (name is not ("add" or "remove" or "replace" or "move" or "copy" or "test")) throw Refuse("the operations add, remove, replace, move, copy and test");
            var hasValue = item.TryGetProperty("value", out var value);
            if (name is "add" or "replace" or "test" && !hasValue) throw Refuse($"a value with {name}");
            var from = name is "move" or "copy" ? Pointer(item.TryGetProperty("from", out var source) ? source.ToString() : "") : null;
            operations.Add((name, Pointer(path.ToString()), from, hasValue ? JsonNode.Parse(value.GetRawText()) : null));
        }
        return new JsonPatch(operations);
    }

    /// <summary>Applies the operations in turn.</summary>
    /// <exception cref="ProblemException">A path leads nowhere, or a test fails; the row stays as it is.</exception>
    public JsonObject Apply(JsonObject row)
    {
        foreach (var (kind, path, from, value) in operations)
        {
            switch (kind)
            {
                case "add": Add(row, path, value?.DeepClone()); break;
                case "remove": Remove(row, path); break;
                case "replace":
                    Get(row, path);
                    Set(row, path, value?.DeepClone());
                    break;
                case "copy": Add(row, path, Get(row, from!)?.DeepClone()); break;
                case "move":
                    var moved = Get(row, from!)?.DeepClone();
                    Remove(row, from!);
                    Add(row, path, moved);
                    break;
                default:
                    if (!JsonNode.DeepEquals(Get(row, path), value)) throw new ProblemException(Problem.Conflict("test_failed", $"The test of /{string.Join('/', path)} failed: the row holds another value. Nothing was changed."));
                    break;
            }
        }
        return row;
    }

    private static string[] Pointer(string text) => text.StartsWith('/')
        ? [.. text[1..].Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
        : throw Refuse("paths that begin with a slash and a column, for example /title");

    private static JsonNode? Get(JsonNode node, string[] path)
    {
        JsonNode? found = node;
        foreach (var step in path)
        {
            found = found switch
            {
                JsonObject members when members.TryGetPropertyValue(step, out var value) => value,
                JsonArray items when Index(step, items.Count - 1) is { } index => items[index],
                _ => throw Nowhere(path),
            };
        }
        return found;
    }

    private static void Set(JsonNode row, string[] path, JsonNode? value)
    {
        switch (Get(row, path[..^1]))
        {
            case JsonObject members: members[path[^1]] = value; break;
            case JsonArray items when Index(path[^1], items.Count - 1) is { } index: items[index] = value; break;
            default: throw Nowhere(path);
        }
    }

    private static void Add(JsonNode row, string[] path, JsonNode? value)
    {
        switch (Get(row, path[..^1]))
        {
            case JsonObject members: members[path[^1]] = value; break;
            case JsonArray items when path[^1] == "-": items.Add(value); break;
            case JsonArray items when Index(path[^1], items.Count) is { } index: items.Insert(index, value); break;
            default: throw Nowhere(path);
        }
    }

    private static void Remove(JsonNode row, string[] path)
    {
        Get(row, path);
        switch (Get(row, path[..^1]))
        {
            case JsonObject members: members.Remove(path[^1]); break;
            case JsonArray items: items.RemoveAt(Index(path[^1], items.Count - 1)!.Value); break;
            default: throw Nowhere(path);
        }
    }

    private static int? Index(string step, int last) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last ? index : null;

    private static ProblemException Nowhere(string[] path) => new(Problem.Unprocessable("no_such_place", $"/{string.Join('/', path)} leads nowhere in the row."));

    private static ProblemException Refuse(string expected) => new(Problem.BadRequest("invalid_patch", $"A JSON Patch holds {expected}. Example: [{{\"op\":\"replace\",\"path\":\"/title\",\"value\":\"…\"}}]"));
}
