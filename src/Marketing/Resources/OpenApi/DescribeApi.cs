using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.OpenApi;

/// <summary>Describes the API as an OpenAPI 3.1 document, from the same catalog that serves it.</summary>
internal static class DescribeApi
{
    private static readonly string[] Refusals = ["400", "401", "403", "404", "406", "409", "412", "413", "415", "416", "422", "428", "429", "503"];

    /// <summary>The document.</summary>
    /// <param name="catalog">The tables.</param>
    /// <param name="endpoints">Everything that is mapped.</param>
    public static JsonObject Run(ResourceCatalog catalog, IEnumerable<Endpoint> endpoints)
    {
        var (paths, schemas) = (new JsonObject(), Schemas());
        foreach (var resource in catalog.All)
        {
            schemas[resource.Table] = DescribeColumn.Row(resource);
            schemas[$"{resource.Table}_new"] = DescribeColumn.Input(resource, isNew: true);
            schemas[$"{resource.Table}_change"] = DescribeColumn.Input(resource, isNew: false);
            DescribeTable.Add(paths, resource);
        }
        DescribeServices.Add(paths);
        DescribeEndpoints.Add(paths, endpoints);
        DescribeServices.AddSchemas(schemas);
        var tags = catalog.All.Select(resource => (Name: resource.Table, Description: $"Rows of {resource.Schema}.{resource.Table}.")).Concat(DescribeServices.Tags).ToList();
        tags.AddRange(DescribeEndpoints.Tags(paths).Except(tags.Select(tag => tag.Name)).Select(name => (name, $"Paths below {name}.")));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Marketing",
                ["version"] = "1",
                ["summary"] = "Content, media, campaigns, social posts and attribution of a vacation-rental company.",
                ["description"] = "Every table is a path with the table's own name; members and parameters are its columns. The grammar of queries is PostgREST's.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/api" }),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["apiKey"] = new JsonArray() }),
            ["tags"] = new JsonArray([.. tags.Select(tag => new JsonObject { ["name"] = tag.Name, ["description"] = tag.Description })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["responses"] = new JsonObject([.. Refusals.Select(status => KeyValuePair.Create($"refused_{status}", (JsonNode?)OpenApiParts.Refusal(status)))]),
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key, or a token of the identity provider." },
                    ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key" },
                },
            },
        };
    }

    private static JsonObject Schemas()
    {
        var error = OpenApiParts.Object(("field", OpenApiParts.Type("string")), ("code", OpenApiParts.Type("string")), ("message", OpenApiParts.Type("string")));
        JsonObject Errors() => new() { ["type"] = "array", ["items"] = OpenApiParts.Reference("field_error") };
        JsonObject Maybe(string type) => new() { ["type"] = new JsonArray(type, "null") };
        var bulk = OpenApiParts.Object(
            ("mode", OpenApiParts.Choice("atomic", "partial")),
            ("on_conflict", OpenApiParts.Type("string")),
            ("operations", new JsonObject
            {
                ["type"] = "array",
                ["items"] = OpenApiParts.Object(("operation", OpenApiParts.Choice("create", "update", "upsert", "delete")), ("id", OpenApiParts.Type("string")), ("if_match", OpenApiParts.Type("string")), ("values", OpenApiParts.Type("object"))),
            }));
        bulk["required"] = new JsonArray("operations");
        return new JsonObject
        {
            ["problem"] = OpenApiParts.Object(
                ("type", OpenApiParts.Type("string")), ("title", OpenApiParts.Type("string")), ("status", OpenApiParts.Type("integer")), ("code", OpenApiParts.Type("string")), ("detail", OpenApiParts.Type("string")),
                ("message", OpenApiParts.Type("string")), ("details", Maybe("string")), ("hint", Maybe("string")), ("errors", Errors())),
            ["field_error"] = error,
            ["json_patch"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = OpenApiParts.Object(("op", OpenApiParts.Choice("add", "remove", "replace", "move", "copy", "test")), ("path", OpenApiParts.Type("string")), ("from", OpenApiParts.Type("string")), ("value", new JsonObject { ["description"] = "Any JSON." })),
            },
            ["bulk_request"] = bulk,
            ["bulk_results"] = OpenApiParts.Object(
                ("succeeded", OpenApiParts.Type("integer")), ("failed", OpenApiParts.Type("integer")),
                ("results", new JsonObject
                {
                    ["type"] = "array",
                    ["items"] = OpenApiParts.Object(("index", OpenApiParts.Type("integer")), ("status", OpenApiParts.Type("integer")), ("id", OpenApiParts.Type("string")), ("code", OpenApiParts.Type("string")), ("detail", OpenApiParts.Type("string")), ("errors", Errors())),
                })),
        };
    }
}
