using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Access;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Identity;

/// <summary><c>/api/roles</c>: what roles grant, with the scope admin. A change is followed by every process within 10 seconds.</summary>
internal static partial class RoleEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("roles", ListAsync).RequireScope(Scopes.Admin);
        api.MapPut("roles/{name}", PutAsync).RequireScope(Scopes.Admin);
        api.MapDelete("roles/{name}", DeleteAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ListAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("select coalesce(json_agg(json_build_object('name', name, 'description', description, 'scopes', scopes, 'grants', grants) order by name), '[]')::text from marketing_ops.roles");
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    private static async Task PutAsync(HttpContext context)
    {
        var name = (string)context.GetRouteValue("name")!;
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var (scopes, grants) = Read(context.RequestServices.GetRequiredService<ResourceCatalog>(), name, body.RootElement);
        await using var command = Database(context).CreateCommand("""
            insert into marketing_ops.roles (name, description, scopes, grants) values ($1, $2, $3, $4)
            on conflict (name) do update set description = excluded.description, scopes = excluded.scopes, grants = excluded.grants, updated_at = now()
            returning json_build_object('name', name, 'description', description, 'scopes', scopes, 'grants', grants)::text
            """);
        command.Parameters.AddWithValue(name);
        command.Parameters.Add(new() { Value = body.RootElement.TryGetProperty("description", out var description) ? description.ToString() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(scopes);
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(grants, GrantJson.Default.GrantArray), NpgsqlDbType = NpgsqlDbType.Jsonb });
        var json = (string)(await command.ExecuteScalarAsync(context.RequestAborted))!;
        context.RequestServices.GetRequiredService<ApiClients>().Forget();
        await Results.Text(json, "application/json").ExecuteAsync(context);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        var name = (string)context.GetRouteValue("name")!;
        await using var command = Database(context).CreateCommand("delete from marketing_ops.roles where name = $1");
        command.Parameters.AddWithValue(name);
        if (await command.ExecuteNonQueryAsync(context.RequestAborted) == 0) throw new ProblemException(Problem.NotFound("roles", name));
        context.RequestServices.GetRequiredService<ApiClients>().Forget();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static (string[] Scopes, Grant[] Grants) Read(ResourceCatalog catalog, string name, JsonElement body)
    {
        var errors = new List<FieldError>();
        if (!Name().IsMatch(name)) errors.Add(new FieldError("name", "invalid_value", "A role's name has 1 to 63 lower-case letters, digits and underscores, a letter first."));
        string[] scopes = body.TryGetProperty("scopes", out var listed) && listed.ValueKind == JsonValueKind.Array ? [.. listed.EnumerateArray().Select(scope => scope.ToString())] : [];
        if (scopes.Except(Scopes.All).Any()) errors.Add(new FieldError("scopes", "not_allowed", $"scopes is a list of some of {string.Join(", ", Scopes.All)}."));
        Grant[] grants = [];
        try
        {
            grants = body.TryGetProperty("grants", out var given) ? given.Deserialize(GrantJson.Default.GrantArray) ?? [] : [];
        }
        catch (JsonException)
        {
            errors.Add(new FieldError("grants", "invalid_value", "grants is a list of objects with table, action, and where needed columns, row_filter and check."));
        }
        foreach (var (index, grant) in grants.Index()) Check(catalog, $"grants[{index}]", grant, errors);
        return errors.Count == 0 ? (scopes, grants) : throw new ProblemException(Problem.Unprocessable("invalid_role", errors[0].Message, errors));
    }

    private static void Check(ResourceCatalog catalog, string place, Grant grant, List<FieldError> errors)
    {
        if (grant.Action != Grant.Every && grant.Action != Grant.ApproveOwn && !Grant.Actions.Contains(grant.Action))
            errors.Add(new FieldError($"{place}.action", "not_allowed", $"action is {string.Join(", ", Grant.Actions)}, {Grant.ApproveOwn} or *."));
        var tables = grant.Table == Grant.Every ? catalog.All : catalog.Find(grant.Table) is { } table ? [table] : [];
        if (tables.Count == 0) errors.Add(new FieldError($"{place}.table", "not_allowed", $"There is no table {grant.Table}. Tables: {string.Join(", ", catalog.All)}."));
        if (tables is [var only] && grant.Columns?.FirstOrDefault(column => only.Find(column) is null) is { } strange) errors.Add(new FieldError($"{place}.columns", "unknown_column", $"{only} has no column {strange}."));
        foreach (var (field, filter) in new[] { ("row_filter", grant.RowFilter), ("check", grant.Check) })
        {
            if (filter is null) continue;
            foreach (var checkedTable in tables)
            {
                try
                {
                    GrantFilter.Check(checkedTable, catalog, filter);
                }
                catch (ProblemException wrong)
                {
                    errors.Add(new FieldError($"{place}.{field}", "invalid_filter", wrong.Problem.Detail));
                    break;
                }
            }
        }
    }

    private static NpgsqlDataSource Database(HttpContext context) => context.RequestServices.GetRequiredService<NpgsqlDataSource>();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z")]
    private static partial Regex Name();
}
