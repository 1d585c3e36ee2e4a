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

/// <summary><c>/api/api_keys</c>: make, list, rotate and revoke keys, with the scope admin.</summary>
internal static class ApiKeyEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("api_keys", ListAsync).RequireScope(Scopes.Admin);
        api.MapPost("api_keys", CreateAsync).RequireScope(Scopes.Admin);
        api.MapPost("api_keys/{id}/rotation", RotateAsync).RequireScope(Scopes.Admin);
        api.MapDelete("api_keys/{id}", RevokeAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ListAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("""
            select coalesce(json_agg(json_build_object('id', id, 'name', name, 'key_prefix', key_prefix, 'scopes', scopes, 'roles', roles, 'claims', claims, 'expires_at', expires_at,
                'created_at', created_at, 'created_by', created_by, 'last_used_at', last_used_at, 'revoked_at', revoked_at) order by created_at), '[]')::text
            from marketing_ops.api_clients
            """);
        var json = (string)(await command.ExecuteScalarAsync(context.RequestAborted))!;
        await Results.Text(json, "application/json").ExecuteAsync(context);
    }

    private static async Task CreateAsync(HttpContext context)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var request = await ReadAsync(context, body.RootElement);
        try
        {
            var (id, key) = await CreateApiClient.RunAsync(Database(context), request, context.GetCaller().Name, context.RequestAborted);
            await ShowAsync(context, StatusCodes.Status201Created, id, key, new JsonObject { ["name"] = request.Name, ["scopes"] = List(request.Scopes), ["roles"] = List(request.Roles), ["expires_at"] = request.ExpiresAt?.ToString("O") });
        }
        catch (PostgresException exists) when (exists.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ProblemException(Problem.Conflict("unique_violation", $"A key called '{request.Name}' exists. Choose another name or revoke that one.", new FieldError("name", "duplicate", "Must be unique.")));
        }
    }

    // The key before stays valid for a while, so that its holders can be changed one by one.
    private static async Task RotateAsync(HttpContext context)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var hours = body.RootElement.TryGetProperty("overlap_hours", out var wanted) ? wanted.TryGetDouble(out var number) ? number : -1 : 24;
        if (hours is < 0 or > 720) throw new ProblemException(Problem.Unprocessable("out_of_range", "overlap_hours is from 0 to 720: how long the old key stays valid.", new FieldError("overlap_hours", "out_of_range", "From 0 to 720.")));
        var key = ApiKey.Create();
        await using var command = Database(context).CreateCommand("""
            update marketing_ops.api_clients
            set    previous_key_hash = key_hash, previous_key_expires_at = now() + make_interval(secs => $2), key_hash = $3, key_prefix = $4
            where  id = $1 and revoked_at is null
            """);
        var id = Id(context);
        foreach (var value in new object[] { id, hours * 3600, key.Hash, key.Shown }) command.Parameters.AddWithValue(value);
        if (await command.ExecuteNonQueryAsync(context.RequestAborted) == 0) throw new ProblemException(Problem.NotFound("api_keys", id.ToString()));
        context.RequestServices.GetRequiredService<ApiClients>().Forget();
        await ShowAsync(context, StatusCodes.Status200OK, id, key, []);
    }

    private static async Task RevokeAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("update marketing_ops.api_clients set revoked_at = now() where id = $1 and revoked_at is null");
        var id = Id(context);
        command.Parameters.AddWithValue(id);
        if (await command.ExecuteNonQueryAsync(context.RequestAborted) == 0) throw new ProblemException(Problem.NotFound("api_keys", id.ToString()));
        context.RequestServices.GetRequiredService<ApiClients>().Forget();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<ApiClientRequest> ReadAsync(HttpContext context, JsonElement body)
    {
        var errors = new List<FieldError>();
        var name = body.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()!.Trim() : "";
        if (name.Length is 0 or > CreateApiClient.MaxNameLength) errors.Add(new FieldError("name", "invalid_value", $"name is a text of 1 to {CreateApiClient.MaxNameLength} characters."));
        var scopes = Texts(body, "scopes") ?? [];
        if (scopes.Count == 0 || scopes.Except(Scopes.All).Any()) errors.Add(new FieldError("scopes", "not_allowed", $"scopes is a list of some of {string.Join(", ", Scopes.All)}."));
        var roles = Texts(body, "roles") ?? ["member"];
        var known = await context.RequestServices.GetRequiredService<Roles>().FindAsync(roles, context.RequestAborted);
        if (roles.Except(known.Select(role => role.Name)).FirstOrDefault() is { } strange) errors.Add(new FieldError("roles", "not_allowed", $"There is no role '{strange}'. GET /api/roles lists them."));
        var claims = "{}";
        if (body.TryGetProperty("claims", out var held))
        {
            claims = held.GetRawText();
            if (held.ValueKind != JsonValueKind.Object) errors.Add(new FieldError("claims", "invalid_value", "claims is an object, for example {\"property_ids\":[\"…\"]}."));
        }
        DateTimeOffset? expires = null;
        if (body.TryGetProperty("expires_at", out var end) && end.ValueKind != JsonValueKind.Null)
        {
            if (end.ValueKind == JsonValueKind.String && end.TryGetDateTimeOffset(out var instant) && instant > context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()) expires = instant.ToUniversalTime();
            else errors.Add(new FieldError("expires_at", "invalid_value", "expires_at is a time to come, with its zone, for example 2027-11-24T00:00:00Z."));
        }
        return errors.Count == 0 ? new ApiClientRequest(name, scopes) { Roles = roles, Claims = claims, ExpiresAt = expires } : throw new ProblemException(Problem.Unprocessable("invalid_key_request", errors[0].Message, errors));
    }

    private static List<string>? Texts(JsonElement body, string name) =>
        body.TryGetProperty(name, out var listed) ? listed.ValueKind == JsonValueKind.Array ? [.. listed.EnumerateArray().Select(item => item.ToString()).Distinct()] : [] : null;

    private static Guid Id(HttpContext context) => Guid.TryParseExact((string)context.GetRouteValue("id")!, "D", out var id)
        ? id
        : throw new ProblemException(Problem.BadRequest("invalid_id", "Send the uuid of the key; GET /api/api_keys lists them."));

    // The one time that a key is shown.
    private static async Task ShowAsync(HttpContext context, int status, Guid id, ApiKey key, JsonObject answer)
    {
        answer["id"] = id.ToString();
        answer["key"] = key.Text;
        context.Response.Headers.CacheControl = "no-store";
        await Results.Text(answer.ToJsonString(), "application/json", statusCode: status).ExecuteAsync(context);
    }

    private static JsonArray List(IEnumerable<string> items) => [.. items.Select(item => (JsonNode)item)];

    private static NpgsqlDataSource Database(HttpContext context) => context.RequestServices.GetRequiredService<NpgsqlDataSource>();
}
