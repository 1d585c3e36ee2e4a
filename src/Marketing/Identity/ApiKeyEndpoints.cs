using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Problems;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Identity;

/// <summary><c>/api/api_keys</c>: make, list and revoke keys, with the scope admin.</summary>
internal static class ApiKeyEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("api_keys", ListAsync).RequireScope(Scopes.Admin);
        api.MapPost("api_keys", CreateAsync).RequireScope(Scopes.Admin);
        api.MapDelete("api_keys/{id}", RevokeAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ListAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("""
            select coalesce(json_agg(json_build_object('id', id, 'name', name, 'key_prefix', key_prefix, 'scopes', scopes,
                'created_at', created_at, 'created_by', created_by, 'last_used_at', last_used_at, 'revoked_at', revoked_at) order by created_at), '[]')::text
            from marketing_ops.api_clients
            """);
        var json = (string)(await command.ExecuteScalarAsync(context.RequestAborted))!;
        await Results.Text(json, "application/json").ExecuteAsync(context);
    }

    private static async Task CreateAsync(HttpContext context)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var (name, scopes) = Read(body.RootElement);
        var caller = context.GetCaller();
        try
        {
            var (id, key) = await CreateApiClient.RunAsync(Database(context), name, scopes, caller.Name, context.RequestAborted);
            var answer = new JsonObject { ["id"] = id.ToString(), ["name"] = name, ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]), ["key"] = key.Text };
            context.Response.Headers.CacheControl = "no-store";
            await Results.Text(answer.ToJsonString(), "application/json", statusCode: StatusCodes.Status201Created).ExecuteAsync(context);
        }
        catch (PostgresException exists) when (exists.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ProblemException(Problem.Conflict("unique_violation", $"A key called '{name}' exists. Choose another name or revoke that one.", new FieldError("name", "duplicate", "Must be unique.")));
        }
    }

    private static async Task RevokeAsync(HttpContext context)
    {
        var text = (string)context.GetRouteValue("id")!;
        if (!Guid.TryParseExact(text, "D", out var id)) throw new ProblemException(Problem.BadRequest("invalid_id", "Send the uuid of the key; GET /api/api_keys lists them."));
        await using var command = Database(context).CreateCommand("update marketing_ops.api_clients set revoked_at = now() where id = $1 and revoked_at is null");
        command.Parameters.AddWithValue(id);
        if (await command.ExecuteNonQueryAsync(context.RequestAborted) == 0) throw new ProblemException(Problem.NotFound("api_keys", text));
        context.RequestServices.GetRequiredService<ApiClients>().Forget();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static (string Name, IReadOnlyList<string> Scopes) Read(JsonElement body)
    {
        var errors = new List<FieldError>();
        var name = body.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()!.Trim() : "";
        if (name.Length is 0 or > CreateApiClient.MaxNameLength) errors.Add(new FieldError("name", "invalid_value", $"name is a text of 1 to {CreateApiClient.MaxNameLength} characters."));
        var scopes = body.TryGetProperty("scopes", out var listed) && listed.ValueKind == JsonValueKind.Array
            ? listed.EnumerateArray().Select(scope => scope.ToString()).Distinct().ToList()
            : [];
        if (scopes.Count == 0 || scopes.Except(Identity.Scopes.All).Any())
            errors.Add(new FieldError("scopes", "not_allowed", $"scopes is a list of some of {string.Join(", ", Identity.Scopes.All)}."));
        return errors.Count == 0 ? (name, scopes) : throw new ProblemException(Problem.Unprocessable("invalid_key_request", errors[0].Message, errors));
    }

    private static NpgsqlDataSource Database(HttpContext context) => context.RequestServices.GetRequiredService<NpgsqlDataSource>();
}
