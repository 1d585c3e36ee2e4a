using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Library.Search;
using Marketing.Resources.OpenApi;

namespace Marketing.Library;

/// <summary>The paths of the library beside its tables, for the API's description.</summary>
internal static class DescribeLibrary
{
    private const string Tag = "content_library";

    /// <summary>Adds the paths.</summary>
    public static void Add(JsonObject paths)
    {
        var report = OpenApiParts.Json(OpenApiParts.Type("object"));
        var rows = OpenApiParts.Json(new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Reference(Tag) });
        var list = OpenApiParts.Json(new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Type("object") });

        Get("/content_library/search", "search_content_library", "Find assets by words with synonyms, colour, faces, quality, use and licence; the next page is in the Link header", rows,
            AssetSearch.Parameters.Select(parameter => OpenApiParts.Parameter(parameter.Name, "query", parameter.Sentence)));
        Get("/content_library/ingest", "read_ingest_progress", "How many uploads wait, how fast ingest goes, the last failures", report);
        Post("/content_library/uploads", "start_upload", "Get a short-lived address to put a file to", "201", Upload());
        Get("/content_library/uploads/{id}", "read_upload", "What became of an upload", report);
        Post("/content_library/uploads/{id}/complete", "complete_upload", "Say that the file of an upload is there", "200");
        Post("/content_library/imports", "import_file", "Fetch a file from a public address", "202", Upload(("url", OpenApiParts.Type("string"))));
        Get("/content_library/imports/{id}", "read_import", "What became of an import", report);
        var files = Post("/content_library/files", "post_file", "Upload a small file as a form", "201");
        files["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["content"] = new JsonObject { ["multipart/form-data"] = new JsonObject { ["schema"] = OpenApiParts.Object(("alt_text", OpenApiParts.Type("string")), ("tags", OpenApiParts.Type("string")), ("file", new JsonObject { ["type"] = "string", ["format"] = "binary" })) } },
        };
        Post("/content_library/{id}/retry", "retry_ingest", "Try a failed asset again", "202");
        Post("/content_library/{id}/retag", "retag_asset", "Look at a picture again with the tagger that is configured now", "200");
        Get("/content_library/{id}/usage", "read_usage", "Where an asset is used", report);
        Get("/content_library/{id}/similar", "list_similar", "Near-duplicates and assets of like content", list);
        Get("/content_library/{id}/licence", "read_licence", "Licence, expiry, territory and releases of an asset, and whether it may be published", report, [OpenApiParts.Parameter("at", "query", "Instant of publication; now unless given."), OpenApiParts.Parameter("territory", "query", "ISO 3166-1 alpha-2 country of the audience.")]);
        Put("/content_library/{id}/licence", "put_licence", "Write the licence of an asset", OpenApiParts.Object(
            ("licence_type", OpenApiParts.Type("string")), ("starts_at", OpenApiParts.Type("string")), ("expires_at", OpenApiParts.Type("string")), ("territories", Texts()),
            ("model_release", OpenApiParts.Choice("not_needed", "signed", "missing")), ("property_release", OpenApiParts.Choice("not_needed", "signed", "missing")), ("licensor", OpenApiParts.Type("string")), ("note", OpenApiParts.Type("string"))));
        Post("/content_library/{id}/removal", "remove_asset", "Remove or archive an asset; refused with its uses while it is in use, unless forced", "204", OpenApiParts.Object(("archive", OpenApiParts.Type("boolean")), ("force", OpenApiParts.Type("boolean"))));
        Get("/content_library/removed", "list_removed", "Assets that can still be restored", list);
        Post("/content_library/removed/{id}/restoration", "restore_asset", "Bring a removed asset back", "200");
        Put("/property_content/order", "order_photographs", "Order and hero of a property's photographs in one call", OpenApiParts.Type("object"), "property_content");
        var media = OpenApiParts.Operation("content_library", "read_media", "A rendition by its signed address", null,
            [OpenApiParts.Parameter("asset", "path", "Uuid of the asset.", isRequired: true), OpenApiParts.Parameter("file", "path", "Preset and extension, such as thumb.webp.", isRequired: true), OpenApiParts.Parameter("v", "query", "Version."), OpenApiParts.Parameter("s", "query", "Signature.", isRequired: true)],
            new JsonObject { ["200"] = OpenApiParts.Answer("The file.", new JsonObject { ["image/webp"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary" } } }) }, "403", "404", "503");
        paths["/media/{asset}/{file}"] = new JsonObject { ["get"] = media };

        JsonObject Path(string path) => (paths[path] ??= path.Contains("{id}", StringComparison.Ordinal)
            ? new JsonObject { ["parameters"] = new JsonArray(OpenApiParts.Parameter("id", "path", "Uuid or business id.", isRequired: true)) } : new JsonObject()).AsObject();

        void Get(string path, string name, string summary, JsonObject content, IEnumerable<JsonObject>? parameters = null) =>
            Path(path)["get"] = OpenApiParts.Operation(Tag, name, summary, Scopes.Read, [.. parameters ?? []], Done("200", content), "400", "401", "403", "404", "429");

        JsonObject Post(string path, string name, string summary, string status, JsonObject? body = null)
        {
            var operation = OpenApiParts.Operation(Tag, name, summary, Scopes.Write, [], Done(status, report), "400", "401", "403", "404", "409", "413", "422", "429");
            if (body is not null) operation["requestBody"] = Json(body);
            Path(path)["post"] = operation;
            return operation;
        }

        void Put(string path, string name, string summary, JsonObject body, string tag = Tag)
        {
            var operation = OpenApiParts.Operation(tag, name, summary, Scopes.Write, [], Done("200", report), "400", "401", "403", "404", "409", "422", "429");
            operation["requestBody"] = Json(body);
            Path(path)["put"] = operation;
        }
    }

    private static JsonObject Done(string status, JsonObject content) => new() { [status] = OpenApiParts.Answer("Done.", status == "204" ? null : content.DeepClone().AsObject()) };

    private static JsonObject Json(JsonObject schema) => new() { ["required"] = true, ["content"] = OpenApiParts.Json(schema) };

    private static JsonObject Texts() => new() { ["type"] = "array", ["items"] = OpenApiParts.Type("string") };

    private static JsonObject Upload(params (string Name, JsonObject Schema)[] more) => OpenApiParts.Object(
    [
        .. more, ("filename", OpenApiParts.Type("string")), ("mime_type", OpenApiParts.Type("string")), ("size_bytes", OpenApiParts.Type("integer")), ("method", OpenApiParts.Type("string")),
        ("allow_duplicate", OpenApiParts.Type("boolean")), ("alt_text", OpenApiParts.Type("string")), ("caption", OpenApiParts.Type("string")), ("photographer", OpenApiParts.Type("string")),
        ("license_type", OpenApiParts.Type("string")), ("source", OpenApiParts.Type("string")), ("tags", Texts()), ("property_id", OpenApiParts.Type("string")),
    ]);
}
