using System.Text.Json.Nodes;

namespace Marketing.Segments.Criteria;

/// <summary>The JSON Schema of criteria, made from <c>ref_segment_criteria</c>, with what an agent needs to know to write them.</summary>
internal static class DescribeCriteria
{
    private const string Guide =
        "Criteria say which contacts a segment finds. A node is one of: {\"all\":[…]} every one holds, {\"any\":[…]} one holds, {\"not\":…} the opposite, "
        + "a clause on a field, {\"segment\":\"SEG-…\"} members of another segment, {\"performed\":{…}} what somebody did. "
        + "A value that a contact lacks makes its clause false; is_null asks for it. Days are days in UTC, written 2026-01-31. "
        + "Stays are bookings that are neither cancelled nor no_show and whose departure is not in the future. Opens and clicks of machines are not counted. "
        + "Ask first by POST /api/segments/preview with {\"criteria\":…}: it tells the count, examples and, with contact_id, why one contact matches or not; nothing is stored. "
        + "Then POST /api/segments with segment_type dynamic and POST /api/segments/{id}/refresh. Errors name the place in the tree and what is allowed there.";

    private static readonly string[] Nodes = ["all", "any", "not", "segment", "performed"];

    /// <summary>Writes it.</summary>
    public static JsonObject Run(IReadOnlyDictionary<string, CriteriaField> fields)
    {
        var definitions = new JsonObject
        {
            ["node"] = new JsonObject { ["oneOf"] = new JsonArray([.. Nodes.Concat(fields.Keys.Select(Name)).Select(name => (JsonNode)Reference(name))]) },
            ["all"] = Node("all", NodeList(), "Every clause holds."),
            ["any"] = Node("any", NodeList(), "At least one clause holds."),
            ["not"] = Node("not", Reference("node"), "The clause does not hold."),
            ["segment"] = Node("segment", new JsonObject { ["type"] = "string", ["pattern"] = "^SEG-[0-9]{6,18}$" }, "The contact is a member of this segment now."),
            ["performed"] = Node("performed", Performed(), "The contact did this."),
        };
        foreach (var field in fields.Values) definitions[Name(field.Code)] = Field(field);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Segment criteria",
            ["description"] = $"{Guide} At most {CompileCriteria.MaxClauses} clauses, {CompileCriteria.MaxDepth} groups deep, {CriteriaJoins.MaxSets} segments, events, channels and properties.",
            ["$ref"] = "#/$defs/node",
            ["$defs"] = definitions,
        };
    }

    private static string Name(string code) => $"field_{code}";

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static JsonObject NodeList() => new() { ["type"] = "array", ["minItems"] = 1, ["maxItems"] = CompileCriteria.MaxClauses, ["items"] = Reference("node") };

    private static JsonObject Node(string member, JsonObject value, string description) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = new JsonObject { [member] = value },
        ["required"] = new JsonArray(member),
        ["additionalProperties"] = false,
    };

    private static JsonObject Performed() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["event"] = Choice(CompileCriteria.Events),
            ["campaign"] = new JsonObject { ["type"] = "string", ["description"] = "Business id of a campaign; any campaign without it.", ["examples"] = new JsonArray("CMP-010003") },
            ["count"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["gte"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 } }, ["required"] = new JsonArray("gte"), ["additionalProperties"] = false },
            ["within"] = new JsonObject { ["type"] = "string", ["pattern"] = "^P[0-9]{1,5}D$", ["description"] = "Since the beginning of the day so many days ago.", ["examples"] = new JsonArray("P90D") },
        },
        ["required"] = new JsonArray("event"),
        ["additionalProperties"] = false,
    };

    private static JsonObject Field(CriteriaField field)
    {
        var usable = field.Usable.ToList();
        if (field.DataType == "list") usable.AddRange(usable.Select(op => op == "in" ? "eq" : "neq").ToList());
        var variants = usable.GroupBy(op => Value(field, op).ToJsonString()).Select(group => (JsonNode)new JsonObject
        {
            ["properties"] = new JsonObject { ["op"] = Choice(group), ["operator"] = Choice(group), ["value"] = JsonNode.Parse(group.Key) },
        });
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["description"] = field.Description ?? field.Code,
            ["properties"] = new JsonObject { ["field"] = Choice([field.Code, $"contact.{field.Code}"]), ["op"] = true, ["operator"] = true, ["value"] = true },
            ["required"] = new JsonArray("field", "value"),
            ["oneOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray("op") }, new JsonObject { ["required"] = new JsonArray("operator") }),
            ["anyOf"] = new JsonArray([.. variants]),
            ["additionalProperties"] = false,
        };
        if (field.Example is { } example) schema["examples"] = new JsonArray(JsonNode.Parse(example));
        return schema;
    }

    private static JsonObject Value(CriteriaField field, string op) => CriteriaOperator.Operand(op) switch
    {
        OperandKind.Truth => new JsonObject { ["type"] = "boolean" },
        OperandKind.Days => new JsonObject { ["type"] = "integer", ["minimum"] = op == "within_last_days" ? -CriteriaOperator.MaxDays : 0, ["maximum"] = op == "anniversary_within_days" ? 366 : CriteriaOperator.MaxDays },
        OperandKind.Pair => new JsonObject { ["type"] = "array", ["minItems"] = 2, ["maxItems"] = 2, ["items"] = Scalar(field) },
        OperandKind.List => new JsonObject { ["type"] = "array", ["minItems"] = 1, ["maxItems"] = CriteriaOperator.MaxValues, ["items"] = Scalar(field) },
        _ => Scalar(field),
    };

    private static JsonObject Scalar(CriteriaField field)
    {
        var schema = field.DataType switch
        {
            "number" => new JsonObject { ["type"] = "number" },
            "boolean" => new JsonObject { ["type"] = "boolean" },
            "date" => new JsonObject { ["type"] = "string", ["format"] = "date" },
            _ => new JsonObject { ["type"] = "string", ["maxLength"] = CompileCriteria.MaxTextLength },
        };
        if (field.Options is { } options && field.DataType is "text" or "list" && JsonNode.Parse(options!) is JsonArray) schema["examples"] = JsonNode.Parse(options!);
        return schema;
    }

    private static JsonObject Choice(IEnumerable<string> values) => new() { ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };
}
