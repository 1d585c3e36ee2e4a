using System.Text.Json;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources.Http;
using Marketing.Resources.Writing;
using Marketing.Social.Preflight;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Posts;

/// <summary><c>GET</c> and <c>PUT /api/social_posts/{id}/options</c>: what a platform knows of a post beyond its columns.</summary>
internal static class PostOptionsEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("social_posts/{id}/options", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);
        api.MapPut("social_posts/{id}/options", (RequestDelegate)WriteAsync).RequireScope(Scopes.Write);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var request = SocialPostEndpoints.Request(context);
        var id = await request.VisibleRowAsync();
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("select options::text from marketing_ops.post_options where post_id = $1");
        command.Parameters.AddWithValue(id);
        await Results.Text(await command.ExecuteScalarAsync(request.Aborted) as string ?? "{}", "application/json").ExecuteAsync(context);
    }

    private static async Task WriteAsync(HttpContext context)
    {
        var request = SocialPostEndpoints.Request(context);
        request.To(TableAction.Update);
        if (!context.Request.HasJsonContentType()) throw new ProblemException(Problem.UnsupportedMediaType("application/json"));
        var body = await RequestBody.ReadAsync(context.Request, RequestJson.MaxBytes, request.Aborted);
        using var json = RequestJson.ToObject(RequestJson.Parse(body));
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var id = await LockPost.RunAsync(request, session);
            var (status, platform) = await StateAsync(session.Connection, id, request.Aborted);
            if (!new PostState(status, null).IsOpen) throw new ProblemException(Problem.Conflict("post_closed", $"The post is {status}; its options are what went out."));
            var errors = Check(KnownPlatforms.All[platform], json.RootElement, "");
            if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_options", errors[0].Message, errors));
            await StoreAsync(session, id, json.RootElement, request.Aborted);
            return new StoredAnswer(StatusCodes.Status200OK, new() { ["Content-Type"] = "application/json; charset=utf-8" }, Clean(json.RootElement));
        });
    }

    /// <summary>What is wrong with the options of a post for a platform: names and values, not what is missing.</summary>
    public static List<FieldError> Check(PlatformRules rules, JsonElement options, string prefix)
    {
        if (options.ValueKind != JsonValueKind.Object) return [new FieldError(prefix + "options", "not_an_object", "options is an object, for example {\"title\":\"A villa at dusk\"}.")];
        var errors = new List<FieldError>();
        foreach (var option in options.EnumerateObject().Where(option => option.Value.ValueKind != JsonValueKind.Null))
        {
            if (rules.AllOptions.FirstOrDefault(known => known.Name == option.Name) is not { } rule) errors.Add(new FieldError(prefix + option.Name, "unknown_option", OptionRules.Unknown(rules, option.Name)));
            else if (rule.Problem(option.Value) is { } problem) errors.Add(new FieldError(prefix + option.Name, "invalid_option", problem));
        }
        return errors;
    }

    /// <summary>Stores the options with the audit entry. A trigger takes the approval back when they differ from those that were approved.</summary>
    public static async Task StoreAsync(WriteSession session, Guid postId, JsonElement options, CancellationToken cancellationToken)
    {
        var store = new NpgsqlBatchCommand("""
            insert into marketing_ops.post_options (post_id, options) values ($1, $2)
            on conflict (post_id) do update set options = excluded.options, updated_at = now() where post_options.options <> excluded.options
            """);
        store.Parameters.AddWithValue(postId);
        store.Parameters.Add(new() { Value = System.Text.Encoding.UTF8.GetString(Clean(options)), NpgsqlDbType = NpgsqlDbType.Jsonb });
        var line = new AuditLine("update", postId, JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, JsonElement>> { ["options"] = new() { ["to"] = options } }));
        await using var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { store, AuditLog.Command(session.Caller, session.OnBehalfOf, "social_posts", [line]) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    // null takes an option away.
    private static byte[] Clean(JsonElement options) =>
        JsonSerializer.SerializeToUtf8Bytes(options.EnumerateObject().Where(option => option.Value.ValueKind != JsonValueKind.Null).ToDictionary(option => option.Name, option => option.Value));

    private static async Task<(string Status, string Platform)> StateAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select coalesce(post.status, 'draft'), account.platform from marketing.social_posts post join marketing.social_accounts account on account.id = post.account_id where post.id = $1", connection);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetString(0), reader.GetString(1));
    }
}
