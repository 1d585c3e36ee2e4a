using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketing.Resources.OpenApi;

/// <summary>Pieces of an OpenAPI document.</summary>
internal static class OpenApiParts
{
    /// <summary>An operation.</summary>
    /// <param name="tag">Group that it belongs to.</param>
    /// <param name="id">Unique name.</param>
    /// <param name="summary">What it does.</param>
    /// <param name="scope">Scope that it needs; null when it needs no key.</param>
    /// <param name="parameters">Parameters and headers.</param>
    /// <param name="answers">Answers when it is done.</param>
    /// <param name="refusals">Statuses with which it may be refused.</param>
    public static JsonObject Operation(string tag, string id, string summary, string? scope, JsonObject[] parameters, JsonObject answers, params string[] refusals)
    {
        foreach (var status in refusals) answers[status] = new JsonObject { ["$ref"] = $"#/components/responses/refused_{status}" };
        var operation = new JsonObject
        {
            ["operationId"] = id,
            ["tags"] = new JsonArray(tag),
            ["summary"] = summary,
            ["description"] = scope is null ? "Needs no key." : $"Needs the scope `{scope}`.",
            ["responses"] = answers,
        };
        if (scope is null) operation["security"] = new JsonArray();
        if (parameters.Length > 0) operation["parameters"] = new JsonArray([.. parameters]);
        return operation;
    }

    /// <summary>A parameter.</summary>
    public static JsonObject Parameter(string name, string place, string description, bool isRequired = false, JsonObject? schema = null, JsonNode? example = null)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = isRequired, ["description"] = description, ["schema"] = schema ?? new JsonObject { ["type"] = "string" } };
        if (example is not null) parameter["example"] = example;
        return parameter;
    }

    /// <summary>A header of a request.</summary>
    public static JsonObject Header(string name, string description) => Parameter(name, "header", description);

    /// <summary>An answer.</summary>
    public static JsonObject Answer(string description, JsonObject? content, params string[] headers)
    {
        var answer = new JsonObject { ["description"] = description };
        if (content is not null) answer["content"] = content;
        if (headers.Length > 0) answer["headers"] = new JsonObject([.. headers.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } }))]);
        return answer;
    }

    /// <summary>An answer that refuses.</summary>
    public static JsonObject Refusal(string status) => new()
    {
        ["description"] = $"{ReasonPhrases.GetReasonPhrase(int.Parse(status, CultureInfo.InvariantCulture))}; the problem says what to change.",
        ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Reference("problem") } },
    };

    /// <summary>A reference to a schema.</summary>
    public static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };

    /// <summary>A JSON body.</summary>
    public static JsonObject Json(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    /// <summary>A schema of an object with members.</summary>
    public static JsonObject Object(params (string Name, JsonObject Schema)[] members) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject([.. members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Schema))]),
    };

    /// <summary>A schema of a plain type.</summary>
    public static JsonObject Type(string type) => new() { ["type"] = type };

    /// <summary>A schema of one of several texts.</summary>
    public static JsonObject Choice(params string[] values) => new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };
}
