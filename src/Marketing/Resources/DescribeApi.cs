using System.Text.Json.Nodes;
using Marketing.Resources.Querying;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Resources;

/// <summary>Describes the resources as an OpenAPI 3.1 document, from the same catalog that serves them.</summary>
internal static class DescribeApi
{
    /// <summary>Answers with the document.</summary>
    public static Task RunAsync(HttpContext context) =>
        Results.Text(Document(context.RequestServices.GetRequiredService<ResourceCatalog>().All).ToJsonString(), "application/json").ExecuteAsync(context);

    /// <summary>The document.</summary>
    public static JsonObject Document(IReadOnlyList<Resource> resources)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject { ["problem"] = ProblemSchema() };
        foreach (var resource in resources)
        {
            schemas[resource.Table] = Schema(resource);
            paths[$"/{resource.Table}"] = new JsonObject { ["get"] = List(resource), ["post"] = Create(resource) };
            paths[$"/{resource.Table}/{{id}}"] = new JsonObject
            {
                ["parameters"] = new JsonArray(Parameter("id", "path", resource.BusinessIdPrefix is { } prefix ? $"uuid or business id such as {prefix}-010001" : "uuid", required: true)),
                ["get"] = Operation(resource, $"Read a row of {resource.Table}", "read", "200", Reference(resource)),
                ["patch"] = WithBody(Operation(resource, $"Change a row of {resource.Table}", resource.Description.WriteScope, "200", Reference(resource)), resource),
                ["delete"] = Operation(resource, $"Delete a row of {resource.Table}", resource.Description.WriteScope, "204", null),
            };
        }
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Marketing", ["version"] = "1" },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/api" }),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["apiKey"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key" },
                },
            },
        };
    }

    private static JsonObject List(Resource resource)
    {
        var operation = Operation(resource, $"List rows of {resource.Table}", "read", "200", new JsonObject { ["type"] = "array", ["items"] = Reference(resource) });
        operation["parameters"] = new JsonArray(
        [
            Parameter("select", "query", $"Columns of the answer, separated by commas. Columns: {string.Join(", ", resource.Readable.Select(column => column.Name))}"),
            Parameter("order", "query", "column.asc|desc.nullsfirst|nullslast, separated by commas"),
            Parameter("limit", "query", $"1 to {ReadQuery.MaxLimit}; {ReadQuery.DefaultLimit} unless given"),
            Parameter("cursor", "query", "From the Link header of the page before"),
            .. resource.Readable.Select(column => Parameter(column.Name, "query", "operator.value: eq, neq, gt, gte, lt, lte, like, ilike, in, is, cs; not. before it turns it round")),
        ]);
        return operation;
    }

    private static JsonObject Create(Resource resource) =>
        WithBody(Operation(resource, $"Create a row of {resource.Table}", resource.Description.WriteScope, "201", Reference(resource)), resource);

    private static JsonObject WithBody(JsonObject operation, Resource resource)
    {
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Json(Reference(resource)) };
        return operation;
    }

    private static JsonObject Operation(Resource resource, string summary, string scope, string status, JsonObject? answer)
    {
        var success = new JsonObject { ["description"] = "Done" };
        if (answer is not null) success["content"] = Json(answer);
        return new JsonObject
        {
            ["summary"] = summary,
            ["description"] = $"Needs the scope {scope}.",
            ["tags"] = new JsonArray(resource.Table),
            ["responses"] = new JsonObject
            {
                [status] = success,
                ["default"] = new JsonObject
                {
                    ["description"] = "Refused; the problem says what to change",
                    ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/problem" } } },
                },
            },
        };
    }

    private static JsonObject Schema(Resource resource)
    {
        var properties = new JsonObject();
        foreach (var column in resource.Columns) properties[column.Name] = Property(column);
        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray([.. resource.Columns.Where(column => column.IsRequired).Select(column => (JsonNode)column.Name)]),
            ["properties"] = properties,
        };
    }

    private static JsonObject Property(Column column)
    {
        var (type, format) = column.Type.Name switch
        {
            "uuid" => ("string", "uuid"),
            "integer" => ("integer", "int32"),
            "bigint" => ("integer", "int64"),
            "numeric" => ("number", null),
            "boolean" => ("boolean", null),
            "date" => ("string", "date"),
            "time" => ("string", "time"),
            "timestamptz" => ("string", "date-time"),
            "text[]" => ("array", null),
            "jsonb" => (null, null),
            _ => ("string", (string?)null),
        };
        var schema = new JsonObject();
        if (type is not null) schema["type"] = column.IsNullable ? new JsonArray(type, "null") : type;
        if (format is not null) schema["format"] = format;
        if (type == "array") schema["items"] = new JsonObject { ["type"] = "string" };
        if (column.AllowedValues.Count > 0)
        {
            schema["enum"] = new JsonArray([.. column.AllowedValues.Select(value => (JsonNode)value)]);
            if (column.IsNullable) schema["enum"]!.AsArray().Add((JsonNode?)null);
        }
        if (column.Access == ColumnAccess.ReadOnly) schema["readOnly"] = true;
        if (column.Access == ColumnAccess.WriteOnly) schema["writeOnly"] = true;
        return schema;
    }

    private static JsonObject ProblemSchema() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string" },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["code"] = new JsonObject { ["type"] = "string" },
            ["detail"] = new JsonObject { ["type"] = "string" },
            ["errors"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } },
        },
    };

    private static JsonObject Parameter(string name, string place, string description, bool required = false) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = required,
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Reference(Resource resource) => new() { ["$ref"] = $"#/components/schemas/{resource.Table}" };

    private static JsonObject Json(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };
}
