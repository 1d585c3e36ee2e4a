using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;

namespace Marketing.Resources.OpenApi;

/// <summary>The paths of one table.</summary>
internal static class DescribeTable
{
    /// <summary>Adds the paths.</summary>
    public static void Add(JsonObject paths, Resource resource)
    {
        var table = resource.Table;
        paths[$"/{table}"] = new JsonObject { ["get"] = List(resource), ["post"] = Create(resource), ["patch"] = UpdateMany(resource), ["delete"] = DeleteMany(resource) };
        paths[$"/{table}/{{id}}"] = new JsonObject
        {
            ["parameters"] = new JsonArray(OpenApiParts.Parameter("id", "path", resource.BusinessIdPrefix is { } prefix ? $"Uuid, or business id such as {prefix}-010001." : "Uuid.", isRequired: true)),
            ["get"] = Read(resource),
            ["put"] = Put(resource),
            ["patch"] = Update(resource),
            ["delete"] = Delete(resource),
        };
        paths[$"/{table}/bulk"] = new JsonObject { ["post"] = Bulk(resource) };
    }

    private static JsonObject List(Resource resource) => OpenApiParts.Operation(resource.Table, $"list_{resource.Table}", $"List rows of {resource.Table}", Scopes.Read,
        [
            OpenApiParts.Parameter("select", "query", $"What each row shows: columns, alias:column::type, column->key, relation(columns), column.sum(), count(). Relations: {string.Join(", ", resource.Relations.Select(relation => relation.ToString()).Distinct())}", example: "id"),
            OpenApiParts.Parameter("order", "query", "column.asc|desc.nullsfirst|nullslast, separated by commas. Rows that are equal follow each other by key.", example: "id.desc"),
            OpenApiParts.Parameter("limit", "query", $"Rows at most, up to {ReadQuery.MaxLimit}; {ReadQuery.DefaultLimit} unless given.", schema: Number(0, ReadQuery.MaxLimit), example: 2),
            OpenApiParts.Parameter("offset", "query", "Rows to leave out first. The Link header is quicker.", schema: Number(0, int.MaxValue)),
            OpenApiParts.Parameter("cursor", "query", "From the Link header of another page."),
            OpenApiParts.Parameter("and", "query", "Conditions that all hold: (status.eq.draft,or(a.is.null,b.gt.5))."),
            OpenApiParts.Parameter("or", "query", "Conditions of which one holds."),
            .. resource.Search.Count > 0 ? [OpenApiParts.Parameter("q", "query", $"Words to search for in {string.Join(", ", resource.Search.Select(column => column.Name))}; best matches first.")] : Array.Empty<JsonObject>(),
            .. resource.Readable.Select(column => OpenApiParts.Parameter(column.Name, "query", "operator.value, as in eq.x, in.(x,y), is.null; not. before it turns it round.")),
            OpenApiParts.Header("Prefer", "count=exact, count=planned or count=estimated."),
            OpenApiParts.Header("If-None-Match", "ETag of an answer that you have."),
        ],
        new JsonObject
        {
            ["200"] = OpenApiParts.Answer("Rows, all that there are or an uncounted page of them.", Formats(resource), "Link", "Content-Range", "ETag"),
            ["206"] = OpenApiParts.Answer("A page of more rows.", Formats(resource), "Link", "Content-Range", "ETag"),
            ["304"] = OpenApiParts.Answer("You have this page.", null),
        }, "400", "401", "403", "406", "416", "429", "503");

    private static JsonObject Create(Resource resource)
    {
        var operation = OpenApiParts.Operation(resource.Table, $"create_{resource.Table}", $"Create rows of {resource.Table}", resource.Description.WriteScope,
            [
                OpenApiParts.Parameter("on_conflict", "query", $"Unique columns by which existing rows are found, with a resolution in Prefer. Unique: {string.Join("; ", resource.UniqueKeys.Select(unique => string.Join(",", unique.Select(column => column.Name))))}"),
                OpenApiParts.Parameter("columns", "query", "Columns of the body that count."),
                OpenApiParts.Parameter("select", "query", "What the answer shows of the rows."),
                .. Writing("return=minimal|representation|headers-only, resolution=merge-duplicates|ignore-duplicates, tx=rollback (a dry run)."),
            ],
            new JsonObject
            {
                ["201"] = OpenApiParts.Answer("Created.", OpenApiParts.Json(OneOrMany(resource.Table)), "Location", "ETag"),
                ["200"] = OpenApiParts.Answer("Nothing new: rows were changed or passed over.", OpenApiParts.Json(OneOrMany(resource.Table))),
            }, "400", "401", "403", "406", "409", "413", "415", "422", "429", "503");
        var body = OpenApiParts.Json(OneOrMany($"{resource.Table}_new"));
        if (DescribeColumn.Example(resource) is { } example) body["application/json"]!["example"] = example;
        body["text/csv"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = body };
        return operation;
    }

    private static JsonObject UpdateMany(Resource resource) => WithBody(OpenApiParts.Operation(resource.Table, $"update_many_{resource.Table}", $"Change the rows of {resource.Table} that a filter meets", resource.Description.WriteScope,
        [.. Filters(resource), .. Writing("return=minimal|representation, max-affected=n with handling=strict, tx=rollback.")],
        new JsonObject { ["204"] = OpenApiParts.Answer("Changed.", null, "Content-Range"), ["200"] = OpenApiParts.Answer("Changed; the rows as they are now.", OpenApiParts.Json(Many(resource.Table))) },
        "400", "401", "403", "409", "412", "413", "415", "422", "429", "503"), $"{resource.Table}_change");

    private static JsonObject DeleteMany(Resource resource) => OpenApiParts.Operation(resource.Table, $"delete_many_{resource.Table}", $"Delete the rows of {resource.Table} that a filter meets", resource.Description.WriteScope,
        [.. Filters(resource), .. Writing("return=minimal|representation, max-affected=n with handling=strict, tx=rollback.")],
        new JsonObject { ["204"] = OpenApiParts.Answer("Deleted.", null, "Content-Range"), ["200"] = OpenApiParts.Answer("Deleted; the rows as they were.", OpenApiParts.Json(Many(resource.Table))) },
        "400", "401", "403", "409", "412", "413", "422", "429", "503");

    private static JsonObject Read(Resource resource) => OpenApiParts.Operation(resource.Table, $"read_{resource.Table}", $"Read a row of {resource.Table}", Scopes.Read,
        [OpenApiParts.Parameter("select", "query", "What the row shows, as in the list."), OpenApiParts.Header("If-None-Match", "ETag of the row that you have.")],
        new JsonObject { ["200"] = OpenApiParts.Answer("The row.", OpenApiParts.Json(OpenApiParts.Reference(resource.Table)), "ETag"), ["304"] = OpenApiParts.Answer("You have this row.", null) },
        "400", "401", "403", "404", "429", "503");

    private static JsonObject Put(Resource resource) => WithBody(OpenApiParts.Operation(resource.Table, $"replace_{resource.Table}", $"Write a whole row of {resource.Table}", resource.Description.WriteScope, Writing("return=minimal, tx=rollback."),
        new JsonObject
        {
            ["200"] = OpenApiParts.Answer("Changed.", OpenApiParts.Json(OpenApiParts.Reference(resource.Table)), "ETag"),
            ["201"] = OpenApiParts.Answer("Created under the uuid of the address.", OpenApiParts.Json(OpenApiParts.Reference(resource.Table)), "ETag", "Location"),
        }, "400", "401", "403", "404", "409", "412", "415", "422", "428", "429", "503"), $"{resource.Table}_new");

    private static JsonObject Update(Resource resource)
    {
        var operation = WithBody(OpenApiParts.Operation(resource.Table, $"update_{resource.Table}", $"Change a row of {resource.Table}", resource.Description.WriteScope, Writing("return=minimal, tx=rollback."),
            new JsonObject { ["200"] = OpenApiParts.Answer("The row as it is now.", OpenApiParts.Json(OpenApiParts.Reference(resource.Table)), "ETag"), ["204"] = OpenApiParts.Answer("Changed.", null) },
            "400", "401", "403", "404", "409", "412", "415", "422", "428", "429", "503"), $"{resource.Table}_change");
        var content = operation["requestBody"]!["content"]!.AsObject();
        content["application/merge-patch+json"] = new JsonObject { ["schema"] = OpenApiParts.Reference($"{resource.Table}_change") };
        content["application/json-patch+json"] = new JsonObject { ["schema"] = OpenApiParts.Reference("json_patch") };
        return operation;
    }

    private static JsonObject Delete(Resource resource) => OpenApiParts.Operation(resource.Table, $"delete_{resource.Table}", $"Delete a row of {resource.Table}", resource.Description.WriteScope, Writing("tx=rollback."),
        new JsonObject { ["204"] = OpenApiParts.Answer("Deleted.", null) }, "400", "401", "403", "404", "409", "412", "422", "428", "429", "503");

    private static JsonObject Bulk(Resource resource) => WithBody(OpenApiParts.Operation(resource.Table, $"bulk_{resource.Table}", $"Up to {ReadRows.MaxRows} operations on {resource.Table}, each with its own result", resource.Description.WriteScope, Writing("tx=rollback."),
        new JsonObject { ["200"] = OpenApiParts.Answer("A result per operation.", OpenApiParts.Json(OpenApiParts.Reference("bulk_results"))) }, "400", "401", "403", "409", "413", "415", "422", "429", "503"), "bulk_request");

    private static JsonObject[] Filters(Resource resource) =>
        [.. resource.Readable.Select(column => OpenApiParts.Parameter(column.Name, "query", "operator.value; at least one filter is needed.")), OpenApiParts.Parameter("select", "query", "What the answer shows of the rows.")];

    private static JsonObject[] Writing(string preferences) =>
    [
        OpenApiParts.Header("Prefer", preferences),
        OpenApiParts.Header("Idempotency-Key", "A repeat of the request with the same key gets the same answer and changes nothing more, for 24 hours."),
        OpenApiParts.Header("If-Match", "ETag of the row as you read it."),
        OpenApiParts.Header("On-Behalf-Of", "Person that an agent acts for; kept in the audit log."),
    ];

    private static JsonObject WithBody(JsonObject operation, string schema)
    {
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = OpenApiParts.Json(OpenApiParts.Reference(schema)) };
        return operation;
    }

    private static JsonObject Formats(Resource resource)
    {
        var content = OpenApiParts.Json(Many(resource.Table));
        content[Negotiate.SingleObject] = new JsonObject { ["schema"] = OpenApiParts.Reference(resource.Table) };
        content["text/csv"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        content["application/x-ndjson"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        return content;
    }

    private static JsonObject Many(string schema) => new() { ["type"] = "array", ["items"] = OpenApiParts.Reference(schema) };

    private static JsonObject OneOrMany(string schema) => new() { ["oneOf"] = new JsonArray(OpenApiParts.Reference(schema), Many(schema)) };

    private static JsonObject Number(int from, int to) => new() { ["type"] = "integer", ["minimum"] = from, ["maximum"] = to };
}
