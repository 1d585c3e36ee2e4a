using System.Text.Json.Nodes;
using Marketing.Identity;

namespace Marketing.Resources.OpenApi;

/// <summary>The paths that are not tables.</summary>
internal static class DescribeServices
{
    /// <summary>Names and sentences of the groups that the paths belong to.</summary>
    public static IReadOnlyList<(string Name, string Description)> Tags { get; } =
    [
        ("access", "API keys, roles and the audit log."),
        ("operations", "Health."),
        ("webhooks", "Calls of platforms and email providers."),
    ];

    private static readonly string[] InboxParameters = ["state", "provider", "outcome", "before", "limit"];
    private static readonly string[] SendParameters = ["state", "after", "limit"];
    private static readonly string[] ReportParameters = ["by", "model", "booked_from", "booked_until"];

    /// <summary>Adds the paths.</summary>
    public static void Add(JsonObject paths)
    {
        var anything = OpenApiParts.Json(new JsonObject { ["type"] = "object" });
        JsonObject List() => OpenApiParts.Json(new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Type("object") });
        JsonObject Done(string description, JsonObject? content, string status = "200") => new() { [status] = OpenApiParts.Answer(description, content?.DeepClone().AsObject()) };
        var id = OpenApiParts.Parameter("id", "path", "Uuid or business id.", isRequired: true);

        paths["/health/live"] = new JsonObject { ["get"] = OpenApiParts.Operation("operations", "health_live", "The process answers", null, [], Done("It does.", anything), "429") };
        paths["/health/ready"] = new JsonObject { ["get"] = OpenApiParts.Operation("operations", "health_ready", "Database, schema and storage answer", null, [], Done("They do.", anything), "429", "503") };
        paths["/api_keys"] = new JsonObject
        {
            ["get"] = OpenApiParts.Operation("access", "list_api_keys", "List API keys, never their text", Scopes.Admin, [], Done("Keys.", List()), "401", "403", "429"),
            ["post"] = Body(OpenApiParts.Operation("access", "create_api_key", "Create an API key; it is shown once", Scopes.Admin, [], Done("The key.", anything, "201"), "400", "401", "403", "409", "422", "429"), "api_key_request"),
        };
        paths["/api_keys/{id}"] = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()), ["delete"] = OpenApiParts.Operation("access", "revoke_api_key", "Revoke an API key", Scopes.Admin, [], Done("Revoked.", null, "204"), "400", "401", "403", "404", "429") };
        paths["/api_keys/{id}/rotation"] = new JsonObject
        {
            ["parameters"] = new JsonArray(id.DeepClone()),
            ["post"] = Body(OpenApiParts.Operation("access", "rotate_api_key", "Replace an API key; the old one stays valid for a while", Scopes.Admin, [], Done("The new key.", anything), "400", "401", "403", "404", "422", "429"), "rotation_request"),
        };
        paths["/roles"] = new JsonObject { ["get"] = OpenApiParts.Operation("access", "list_roles", "List roles", Scopes.Admin, [], Done("Roles.", List()), "401", "403", "429") };
        paths["/roles/{name}"] = new JsonObject
        {
            ["parameters"] = new JsonArray(OpenApiParts.Parameter("name", "path", "Name of the role.", isRequired: true)),
            ["put"] = Body(OpenApiParts.Operation("access", "put_role", "Write a role", Scopes.Admin, [], Done("The role.", anything), "400", "401", "403", "422", "429"), "role"),
            ["delete"] = OpenApiParts.Operation("access", "delete_role", "Delete a role", Scopes.Admin, [], Done("Deleted.", null, "204"), "401", "403", "404", "429"),
        };
        paths["/audit"] = new JsonObject { ["get"] = OpenApiParts.Operation("access", "list_audit", "Who changed what, in the grammar of the tables", Scopes.Admin, [OpenApiParts.Parameter("row_id", "query", "For example eq.uuid."), OpenApiParts.Parameter("order", "query", "For example id.desc."), OpenApiParts.Parameter("limit", "query", "Entries at most.")], Done("Entries.", List()), "400", "401", "403", "429") };
        paths["/social_posts/{id}/approval"] = new JsonObject
        {
            ["parameters"] = new JsonArray(id.DeepClone()),
            ["post"] = Body(OpenApiParts.Operation("social_posts", "decide_social_post", "Approve a post, reject it, or ask for changes", Scopes.Approve, [], Done("The post.", OpenApiParts.Json(OpenApiParts.Reference("social_posts"))), "400", "401", "403", "404", "409", "422", "429"), "decision"),
        };
        paths["/social_posts/{id}/attempts"] = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()), ["get"] = OpenApiParts.Operation("social_posts", "list_publish_attempts", "What was tried to publish a post", Scopes.Read, [], Done("Attempts.", List()), "400", "401", "403", "404", "429") };
        paths["/content_library/{id}/ingest"] = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()), ["get"] = OpenApiParts.Operation("content_library", "read_ingest", "How the ingest of an asset went, and its renditions", Scopes.Read, [], Done("The report.", anything), "400", "401", "403", "404", "429") };
        paths["/webhooks/sendgrid"] = new JsonObject { ["post"] = Body(OpenApiParts.Operation("webhooks", "sendgrid_events", "Events of the email provider, signed by it", null, [], Done("Kept.", null, "204"), "400", "401", "413", "503"), "webhook_events") };
        foreach (var (sender, what) in new[] { ("standard", "Events of a sender of Standard Webhooks"), ("mailgun", "Events of Mailgun"), ("postmark", "An event of Postmark"), ("azure", "Events of Azure Communication Services, and its handshake") })
            paths[$"/webhooks/{sender}"] = new JsonObject { ["post"] = Body(OpenApiParts.Operation("webhooks", $"{sender}_events", what, null, [], Done("Kept.", anything), "400", "401", "413", "503"), "webhook_event") };
        paths["/webhooks/inbox"] = new JsonObject { ["get"] = OpenApiParts.Operation("webhooks", "list_webhook_deliveries", "What came in and what became of it, newest first", Scopes.Admin, [.. InboxParameters.Select(name => OpenApiParts.Parameter(name, "query", $"Filter or page: {name}."))], Done("Deliveries.", List()), "400", "401", "403", "429") };
        paths["/webhooks/inbox/{id}"] = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()), ["get"] = OpenApiParts.Operation("webhooks", "read_webhook_delivery", "One delivery with its body", Scopes.Admin, [], Done("The delivery.", anything), "401", "403", "404", "429") };
        paths["/webhooks/inbox/{id}/replay"] = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()), ["post"] = OpenApiParts.Operation("webhooks", "replay_webhook_delivery", "Process one delivery again", Scopes.Admin, [], Done("Asked for.", anything, "202"), "401", "403", "404", "429") };
        paths["/webhooks/inbox/replay"] = new JsonObject { ["post"] = Body(OpenApiParts.Operation("webhooks", "replay_webhook_deliveries", "Process deliveries again, by state, provider, outcome or time", Scopes.Admin, [], Done("Asked for.", anything, "202"), "400", "401", "403", "429"), "webhook_event") };
        paths["/attribution/report"] = new JsonObject { ["get"] = OpenApiParts.Operation("attribution", "report_attribution", "What campaigns, channels, properties or months earned, by model", Scopes.Read, [.. ReportParameters.Select(name => OpenApiParts.Parameter(name, "query", $"See the documentation: {name}."))], Done("Lines.", List()), "400", "401", "403", "404", "429") };
        paths["/attribution/touchpoints"] = new JsonObject { ["post"] = Body(OpenApiParts.Operation("attribution", "import_touchpoints", "Import touches from elsewhere, each once", Scopes.Write, [], Done("Stored.", anything, "201"), "400", "401", "403", "413", "422", "429"), "webhook_event") };
        paths["/campaigns/{id}/event_sums"] = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()), ["get"] = OpenApiParts.Operation("campaigns", "read_event_sums", "A campaign's events by day, variant, device or domain", Scopes.Read, [OpenApiParts.Parameter("by", "query", "day, variant, device or domain.")], Done("Sums.", List()), "400", "401", "403", "404", "429") };
        paths["/operations/fence"] = new JsonObject { ["get"] = OpenApiParts.Operation("operations", "read_fence", "Whose database this is: a copy publishes and sends nothing until it is released", Scopes.Admin, [], Done("How it stands.", anything), "401", "403", "429") };
        paths["/operations/fence/release"] = new JsonObject { ["post"] = OpenApiParts.Operation("operations", "release_fence", "Make this database the environment's own", Scopes.Admin, [], Done("How it stands.", anything), "401", "403", "429") };
        Segments.DescribeSegments.Add(paths);
        AddPosts(paths, id, anything);
        paths["/campaigns/{id}/sends"] = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()), ["get"] = OpenApiParts.Operation("campaigns", "list_sends", "Who a campaign by email went to, and what became of each message", Scopes.Read, [.. SendParameters.Select(name => OpenApiParts.Parameter(name, "query", $"Filter or page: {name}."))], Done("Counts and messages.", anything), "400", "401", "403", "404", "429") };
        paths["/campaigns/{id}/sends/{send}/resolve"] = new JsonObject
        {
            ["parameters"] = new JsonArray(id.DeepClone(), OpenApiParts.Parameter("send", "path", "Id of the message.", isRequired: true)),
            ["post"] = Body(OpenApiParts.Operation("campaigns", "resolve_send", "Decide about a message whose answer is not known", Scopes.Publish, [], Done("Decided.", anything), "400", "401", "403", "404", "409", "422", "429"), "send_decision"),
        };
        paths["/webhooks/meta"] = new JsonObject
        {
            ["get"] = OpenApiParts.Operation("webhooks", "meta_handshake", "Meta's handshake", null, [OpenApiParts.Parameter("hub.challenge", "query", "Text to send back.")], Done("The challenge.", new JsonObject { ["text/plain"] = new JsonObject { ["schema"] = OpenApiParts.Type("string") } }), "403"),
            ["post"] = Body(OpenApiParts.Operation("webhooks", "meta_events", "Events of Meta, signed by it", null, [], Done("Kept.", null, "200"), "400", "401", "413", "503"), "webhook_event"),
        };
        Library.DescribeLibrary.Add(paths);
    }

    private static void AddPosts(JsonObject paths, JsonObject id, JsonObject anything)
    {
        JsonObject Done(string description, string status = "200") => new() { [status] = OpenApiParts.Answer(description, anything.DeepClone().AsObject()) };
        JsonObject Item(params (string Method, JsonObject Operation)[] operations)
        {
            var path = new JsonObject { ["parameters"] = new JsonArray(id.DeepClone()) };
            foreach (var (method, operation) in operations) path[method] = operation;
            return path;
        }
        JsonObject Post(string name, string summary, string scope) => OpenApiParts.Operation("social_posts", name, summary, scope, [], Done("The post."), "400", "401", "403", "404", "409", "422", "429");
        JsonObject Account(string name, string summary, string scope) => OpenApiParts.Operation("social_accounts", name, summary, scope, [], Done("How it stands."), "400", "401", "403", "404", "409", "422", "429");
        JsonObject Admin(string name, string summary, string status = "200") => OpenApiParts.Operation("operations", name, summary, Scopes.Admin, [], Done("Done.", status), "400", "401", "403", "404", "409", "422", "429");

        paths["/social_posts/approvals"] = new JsonObject { ["post"] = Body(OpenApiParts.Operation("social_posts", "decide_social_posts", "Decide on up to 200 posts, each by itself", Scopes.Approve, [], Done("A result each."), "400", "401", "403", "422", "429"), "decisions") };
        paths["/social_posts/preflight"] = new JsonObject { ["post"] = Body(OpenApiParts.Operation("social_posts", "preflight_social_posts", "Check drafts for accounts or platforms without storing them", Scopes.Read, [], Done("Findings for each variant."), "400", "401", "403", "422", "429"), "post_variants") };
        paths["/social_posts/crosspost"] = new JsonObject { ["post"] = Body(OpenApiParts.Operation("social_posts", "crosspost", "One content to many accounts, each with its variant, all or none", Scopes.Write, [], Done("The posts.", "201"), "400", "401", "403", "409", "422", "429"), "post_variants") };
        paths["/social_posts/{id}/preflight"] = Item(("get", Post("preflight_social_post", "Check a stored post", Scopes.Read)));
        paths["/social_posts/{id}/options"] = Item(("get", Post("read_post_options", "What the platform is told beyond the columns", Scopes.Read)), ("put", Body(Post("write_post_options", "Write it; names are the platform's", Scopes.Write), "webhook_event")));
        paths["/social_posts/{id}/submission"] = Item(("post", Post("submit_social_post", "Ask for a decision", Scopes.Write)));
        paths["/social_posts/{id}/publish_now"] = Item(("post", Post("publish_social_post_now", "Publish an approved post within seconds", Scopes.Publish)));
        paths["/social_posts/{id}/cancel"] = Item(("post", Post("cancel_social_post", "Take it back before the platform has anything of it", Scopes.Publish)));
        paths["/social_posts/{id}/retry"] = Item(("post", Post("retry_social_post", "Try a failed or missed post again; one that may be out goes on by reading", Scopes.Publish)));
        paths["/social_posts/{id}/reschedule"] = Item(("post", Body(Post("reschedule_social_post", "Move it to another time; needs If-Match", Scopes.Publish), "new_time")));
        paths["/social_accounts/{id}/publishing"] = Item(("get", Account("read_account_publishing", "Zone, posting times, blackouts, lateness, own limit", Scopes.Read)), ("put", Body(Account("write_account_publishing", "Write them", Scopes.Publish), "account_publishing")));
        paths["/social_accounts/{id}/pause"] = Item(("put", Account("pause_account", "Publish nothing of the account until it is resumed", Scopes.Publish)), ("delete", Account("resume_account", "Let it go on", Scopes.Publish)));
        paths["/social_accounts/{id}/next-slot"] = Item(("post", Account("next_slot", "Free posting times, and a post put into the first", Scopes.Read)));
        paths["/operations/publishing/pause"] = new JsonObject { ["put"] = Admin("pause_publishing", "Publish nothing until it is resumed"), ["delete"] = Admin("resume_publishing", "Let it go on") };
        paths["/operations/notifications/endpoints"] = new JsonObject
        {
            ["get"] = Admin("list_notification_endpoints", "Who is told of failures, never their secrets"),
            ["post"] = Body(Admin("create_notification_endpoint", "Tell an address, signed as Standard Webhooks; the secret is shown once", "201"), "notification_endpoint"),
        };
        paths["/operations/notifications/endpoints/{id}"] = Item(("delete", Admin("delete_notification_endpoint", "Tell it no more", "204")));
        paths["/operations/notifications/endpoints/{id}/replay"] = Item(("post", Body(Admin("replay_notifications", "Tell it again what happened since", "202"), "webhook_event")));
        paths["/operations/notifications/deliveries"] = new JsonObject { ["get"] = Admin("list_notification_deliveries", "What was told, newest first") };
    }

    /// <summary>Adds the schemas that the paths name.</summary>
    public static void AddSchemas(JsonObject schemas)
    {
        JsonObject Texts() => new() { ["type"] = "array", ["items"] = OpenApiParts.Type("string") };
        schemas["api_key_request"] = OpenApiParts.Object(("name", OpenApiParts.Type("string")), ("scopes", new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Choice([.. Scopes.All]) }), ("roles", Texts()), ("claims", OpenApiParts.Type("object")), ("expires_at", new JsonObject { ["type"] = "string", ["format"] = "date-time" }));
        schemas["rotation_request"] = OpenApiParts.Object(("overlap_hours", new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 720 }));
        schemas["role"] = OpenApiParts.Object(("description", OpenApiParts.Type("string")), ("scopes", Texts()), ("grants", new JsonObject
        {
            ["type"] = "array",
            ["items"] = OpenApiParts.Object(("table", OpenApiParts.Type("string")), ("action", OpenApiParts.Type("string")), ("columns", Texts()), ("row_filter", OpenApiParts.Type("string")), ("check", OpenApiParts.Type("string"))),
        }));
        schemas["decision"] = OpenApiParts.Object(("decision", OpenApiParts.Choice([.. Social.ApprovalStatus.Decisions])));
        Segments.DescribeSegments.AddSchemas(schemas);
        JsonObject Time() => new() { ["type"] = "string", ["format"] = "date-time" };
        schemas["decisions"] = OpenApiParts.Object(("ids", Texts()), ("decision", OpenApiParts.Choice([.. Social.ApprovalStatus.Decisions])), ("not_before", Time()), ("not_after", Time()));
        schemas["post_variants"] = OpenApiParts.Object(("post", OpenApiParts.Type("object")), ("variants", new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Type("object"), ["minItems"] = 1, ["maxItems"] = 100 }));
        schemas["new_time"] = OpenApiParts.Object(("scheduled_at", Time()));
        schemas["account_publishing"] = OpenApiParts.Object(("time_zone", OpenApiParts.Type("string")), ("max_lateness_minutes", OpenApiParts.Type("integer")), ("min_gap_minutes", OpenApiParts.Type("integer")), ("max_posts", OpenApiParts.Type("integer")), ("max_posts_per_hours", OpenApiParts.Type("integer")),
            ("slots", new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Type("object") }), ("blackouts", new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Type("object") }));
        schemas["notification_endpoint"] = OpenApiParts.Object(("url", OpenApiParts.Type("string")), ("event_types", new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Choice([.. Social.Notifications.NotificationEndpoints.EventTypes]) }));
        schemas["send_decision"] = OpenApiParts.Object(("decision", OpenApiParts.Choice([.. Campaigns.Sending.ResolveSend.Decisions])));
        schemas["webhook_event"] = new JsonObject { ["type"] = "object" };
        schemas["webhook_events"] = new JsonObject { ["type"] = "array", ["items"] = OpenApiParts.Type("object") };
    }

    private static JsonObject Body(JsonObject operation, string schema)
    {
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = OpenApiParts.Json(OpenApiParts.Reference(schema)) };
        return operation;
    }
}
