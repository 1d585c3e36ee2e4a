using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Resources.OpenApi;

namespace Marketing.Segments;

/// <summary>The paths of segments that are not rows, for the description of the API.</summary>
internal static class DescribeSegments
{
    /// <summary>Adds the paths.</summary>
    public static void Add(JsonObject paths)
    {
        var id = OpenApiParts.Parameter("id", "path", "Uuid or business id.", isRequired: true);
        var anything = OpenApiParts.Json(OpenApiParts.Type("object"));
        JsonObject List() => OpenApiParts.Json(new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Type("object") });
        JsonObject Done(string description, JsonObject? content, string status = "200") => new() { [status] = OpenApiParts.Answer(description, content?.DeepClone().AsObject()) };
        JsonObject At(params (string Method, JsonObject Operation)[] operations) => new([.. operations.Select(pair => KeyValuePair.Create(pair.Method, (JsonNode?)pair.Operation)).Prepend(KeyValuePair.Create("parameters", (JsonNode?)new JsonArray(id.DeepClone())))]);
        JsonObject Query(string name, string description, bool isRequired = false) => OpenApiParts.Parameter(name, "query", description, isRequired);
        JsonObject Operation(string operation, string summary, string scope, JsonObject[] parameters, JsonObject answers, params string[] refusals) => OpenApiParts.Operation("segments", operation, summary, scope, parameters, answers, ["400", "401", "403", "404", "429", .. refusals]);
        paths["/segments/criteria_schema"] = new JsonObject { ["get"] = Operation("read_criteria_schema", "The JSON Schema of criteria, with what an agent needs to write them", Scopes.Read, [], Done("The schema.", new JsonObject { ["application/schema+json"] = new JsonObject { ["schema"] = OpenApiParts.Type("object") } })) };
        paths["/segments/preview"] = new JsonObject { ["post"] = Body(Operation("preview_segment", "How many contacts criteria find, examples, the estimated cost, and why one contact matches or not; stores nothing", Scopes.Read, [], Done("The preview.", anything), "422", "503"), "segment_preview") };
        paths["/segments/overlap"] = new JsonObject { ["get"] = Operation("compare_segments", "How many members each pair of segments has in common", Scopes.Read, [Query("segments", "2 to 10 ids, separated by commas.", isRequired: true)], Done("The comparison.", anything)) };
        paths["/segments/{id}/refresh"] = At(
            ("get", Operation("read_segment_refresh", "How the last refresh went and when the next is due", Scopes.Read, [], Done("The refresh.", anything))),
            ("post", Operation("refresh_segment", "Make the members those whom the criteria find", Scopes.Write, [Query("kind", "full looks at every contact; else at those who changed, where that is enough.")], Done("What was done.", anything), "422", "503")));
        var contactId = OpenApiParts.Parameter("contact", "path", "Uuid of the contact.", isRequired: true);
        paths["/segments/{id}/contacts/{contact}/explain"] = At(("get", Operation("explain_segment", "Why a contact matches or not, clause by clause", Scopes.Read, [contactId.DeepClone().AsObject()], Done("The explanation.", anything), "422")));
        paths["/segments/{id}/growth"] = At(("get", Operation("read_segment_growth", "Who entered, who left and how many there were, by day", Scopes.Read, [Query("from", "First day; 90 days before the last without it."), Query("until", "Last day; today without it.")], Done("Days.", List()))));
        paths["/segments/{id}/members"] = At(
            ("get", Operation("list_current_members", "Members of now, by pages, or all of them as text/csv", Scopes.Read, [Query("limit", "Members of a page."), Query("cursor", "From the Link header of the page before.")], Done("Members.", List()))),
            ("post", Body(Operation("add_members", "Add contacts to a static segment", Scopes.Write, [], Done("What was done.", anything), "413", "422"), "segment_contacts")));
        paths["/segments/{id}/members/remove"] = At(("post", Body(Operation("remove_members", "Take contacts from a static segment", Scopes.Write, [], Done("What was done.", anything), "413", "422"), "segment_contacts")));
        paths["/segments/{id}/members/{contact}"] = At(("delete", Operation("remove_member", "Take one contact from a static segment", Scopes.Write, [contactId], Done("Done.", null, "204"), "422")));
        var import = Operation("import_members", "Add the contacts of a CSV file of up to 1,000,000 lines to a static segment", Scopes.Write, [Query("on_error", "skip (default) leaves unusable lines out, refuse refuses the file.")], Done("What became of the lines.", anything), "413", "415", "422");
        import["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["text/csv"] = new JsonObject { ["schema"] = OpenApiParts.Type("string") } } };
        paths["/segments/{id}/members/import"] = At(("post", import));
    }

    /// <summary>Adds the schemas that the paths name.</summary>
    public static void AddSchemas(JsonObject schemas)
    {
        JsonObject Texts() => new() { ["type"] = "array", ["items"] = OpenApiParts.Type("string") };
        schemas["segment_preview"] = OpenApiParts.Object(("criteria", OpenApiParts.Type("object")), ("contact_id", OpenApiParts.Type("string")));
        schemas["segment_contacts"] = OpenApiParts.Object(("contact_ids", Texts()), ("emails", Texts()));
    }

    private static JsonObject Body(JsonObject operation, string schema)
    {
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = OpenApiParts.Json(OpenApiParts.Reference(schema)) };
        return operation;
    }
}
