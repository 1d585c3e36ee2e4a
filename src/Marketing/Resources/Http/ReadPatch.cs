using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Problems;
using Marketing.Resources.Access;
using Marketing.Resources.Writing;

namespace Marketing.Resources.Http;

/// <summary>
/// Reads the body of a PATCH: an object of columns, a JSON Merge Patch (RFC 7396), which differs from it inside jsonb columns, or a JSON
/// Patch (RFC 6902).
/// </summary>
internal static class ReadPatch
{
    /// <summary>The operation that the body asks for.</summary>
    /// <exception cref="ProblemException">The body cannot be read, or names what may not be written.</exception>
    public static RowOperation Run(string? contentType, ReadOnlyMemory<byte> body, TableAccess access, TableStore store)
    {
        var parse = new ParseRow(access, store);
        using var document = RequestJson.Parse(body);
        return contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            "application/json" => Columns(document.RootElement, parse),
            "application/merge-patch+json" => Merge(document.RootElement, access, store, parse),
            "application/json-patch+json" => new RowOperation(OperationKind.Update) { Patch = Patch(document.RootElement, access, store, parse) },
            _ => throw new ProblemException(Problem.UnsupportedMediaType(ItemEndpoints.PatchTypes)),
        };
    }

    private static RowOperation Columns(JsonElement json, ParseRow parse)
    {
        DemandObject(json);
        var (values, set, errors) = parse.Json(json);
        return errors.Count == 0 ? new RowOperation(OperationKind.Update) { Values = values, Set = set } : throw new ProblemException(ParseRow.Refused(errors));
    }

    private static RowOperation Merge(JsonElement json, TableAccess access, TableStore store, ParseRow parse)
    {
        DemandObject(json);
        var inside = json.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Object && access.Find(member.Name)?.Type.Name == "jsonb")
            .Select(member => (Column: access.Find(member.Name)!, Patch: JsonNode.Parse(member.Value.GetRawText())!.AsObject())).ToList();
        var operation = Columns(json, parse);
        return inside.Count == 0 ? operation : operation with
        {
            Set = operation.Set & ~inside.Aggregate(0UL, (set, part) => set | TableStore.Bit(part.Column)),
            Patch = row =>
            {
                foreach (var (column, patch) in inside)
                {
                    var stored = column.Accessor.Get(row) is string text ? JsonNode.Parse(text) : null;
                    column.Accessor.Set(row, MergePatch(stored, patch)?.ToJsonString());
                }
            },
        };
    }

    // RFC 7396, section 2.
    private static JsonNode? MergePatch(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null) merged.Remove(name);
            else merged[name] = MergePatch(merged[name]?.DeepClone(), value);
        }
        return merged;
    }

    private static Action<object> Patch(JsonElement json, TableAccess access, TableStore store, ParseRow parse)
    {
        var patch = JsonPatch.Read(json);
        return row =>
        {
            var before = JsonNode.Parse(RowJson.Write(store.Resource, row))!.AsObject();
            var after = patch.Apply(before.DeepClone().AsObject());
            var changed = new JsonObject();
            foreach (var (name, value) in after)
            {
                if (!JsonNode.DeepEquals(value, before[name]) || !before.ContainsKey(name)) changed[name] = value?.DeepClone();
            }
            foreach (var (name, _) in before)
            {
                if (!after.ContainsKey(name)) changed[name] = null;
            }
            using var document = JsonDocument.Parse(changed.ToJsonString());
            var (values, set, errors) = parse.Json(document.RootElement);
            if (errors.Count > 0) throw new ProblemException(ParseRow.Refused(errors));
            foreach (var column in access.Columns.Where(column => (set & TableStore.Bit(column)) != 0)) column.Accessor.Copy(values, row);
        };
    }

    private static void DemandObject(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new ProblemException(Problem.BadRequest("not_an_object", "Send one JSON object whose members are columns, for example {\"title\":\"…\"}.") with { ApiCode = "PGRST102" });
    }
}
