using System.Globalization;
using System.Text.Json;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Library.Licences;

/// <summary><c>/api/content_library/{id}/licence</c>: the licence of an asset, and whether it may be published at an instant.</summary>
internal static class LicenceEndpoints
{
    private static readonly string[] Types = ["owned", "royalty_free", "rights_managed", "editorial", "creative_commons", "user_generated"];
    private static readonly string[] Releases = ["not_needed", "signed", "missing"];
    private static readonly string[] Members = ["licence_type", "starts_at", "expires_at", "territories", "model_release", "property_release", "licensor", "note"];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("content_library/{id}/licence", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);
        api.MapPut("content_library/{id}/licence", (RequestDelegate)PutAsync).RequireScope(Scopes.Write);
    }

    private static ResourceRequest Request(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("content_library"));

    private static async Task ReadAsync(HttpContext context)
    {
        var request = Request(context);
        await SendAsync(request, await request.VisibleRowAsync());
    }

    private static async Task PutAsync(HttpContext context)
    {
        var request = Request(context);
        var id = await request.VisibleRowAsync();
        // A filter on the rows that the caller may change cannot be asked of a record beside the row.
        if (request.To(TableAction.Update).Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "Licences are written by roles that may change every asset."));
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var licence = new Reader(body.RootElement);
        var values = (
            Type: licence.Choice("licence_type", Types, null), Starts: licence.Instant("starts_at"), Expires: licence.Instant("expires_at"), Territories: licence.Territories(),
            Model: licence.Choice("model_release", Releases, "not_needed"), Property: licence.Choice("property_release", Releases, "not_needed"), Licensor: licence.Text("licensor"), Note: licence.Text("note"));
        if (values.Expires <= values.Starts) licence.Refuse("expires_at", "ends_before_start", "expires_at lies after starts_at.");
        licence.Check();

        await using var connection = await request.Service<NpgsqlDataSource>().OpenConnectionAsync(request.Aborted);
        await using var transaction = await connection.BeginTransactionAsync(request.Aborted);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            var write = new NpgsqlBatchCommand("""
                insert into marketing_ops.asset_licences (asset_id, licence_type, starts_at, expires_at, territories, model_release, property_release, licensor, note, updated_by)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict (asset_id) do update set licence_type = excluded.licence_type, starts_at = excluded.starts_at, expires_at = excluded.expires_at, territories = excluded.territories,
                    model_release = excluded.model_release, property_release = excluded.property_release, licensor = excluded.licensor, note = excluded.note, updated_by = excluded.updated_by, updated_at = now()
                """);
            write.Parameters.AddWithValue(id);
            write.Parameters.AddWithValue(values.Type!);
            write.Parameters.Add(new() { Value = (object?)values.Starts ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            write.Parameters.Add(new() { Value = (object?)values.Expires ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            write.Parameters.AddWithValue(values.Territories);
            write.Parameters.AddWithValue(values.Model!);
            write.Parameters.AddWithValue(values.Property!);
            write.Parameters.Add(new() { Value = (object?)values.Licensor ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            write.Parameters.Add(new() { Value = (object?)values.Note ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            write.Parameters.AddWithValue(request.Caller.Name);
            batch.BatchCommands.Add(write);
            var changes = JsonSerializer.Serialize(new Dictionary<string, object?> { ["licence"] = new { to = new { licence_type = values.Type, starts_at = values.Starts, expires_at = values.Expires, territories = values.Territories, model_release = values.Model, property_release = values.Property } } });
            batch.BatchCommands.Add(AuditLog.Command(request.Caller, null, "content_library", [new AuditLine("license", id, changes)]));
            await batch.ExecuteNonQueryAsync(request.Aborted);
        }
        await transaction.CommitAsync(request.Aborted);
        await SendAsync(request, id);
    }

    // With ?at= and ?territory= it says whether the asset may be published then and there.
    private static async Task SendAsync(ResourceRequest request, Guid id)
    {
        var query = request.Context.Request.Query;
        var at = request.Service<TimeProvider>().GetUtcNow();
        if (query["at"].ToString() is { Length: > 0 } text && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at))
            throw new ProblemException(Problem.BadRequest("invalid_value", "at is an instant such as 2026-12-24T09:00:00Z."));
        var territory = query["territory"].ToString() is { Length: > 0 } country ? country.ToUpperInvariant() : null;
        var findings = await request.Service<CheckLicence>().AssetsAsync([id], at, territory, request.Aborted);
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("select to_jsonb(licence)::text from marketing_ops.asset_licences licence where asset_id = $1");
        command.Parameters.AddWithValue(id);
        var row = await command.ExecuteScalarAsync(request.Aborted) as string;
        var answer = new System.Text.Json.Nodes.JsonObject
        {
            ["licence"] = row is null ? null : System.Text.Json.Nodes.JsonNode.Parse(row),
            ["may_be_published"] = findings.Count == 0,
            ["reasons"] = new System.Text.Json.Nodes.JsonArray([.. findings.Select(finding => new System.Text.Json.Nodes.JsonObject { ["code"] = finding.Code, ["message"] = finding.Message })]),
        };
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(request.Context);
    }

    private sealed class Reader
    {
        private readonly JsonElement json;
        private readonly List<FieldError> errors = [];

        public Reader(JsonElement json)
        {
            this.json = json;
            foreach (var member in json.EnumerateObject().Where(member => !Members.Contains(member.Name))) Refuse(member.Name, "unknown_member", $"Members are {string.Join(", ", Members)}.");
        }

        public void Refuse(string field, string code, string message) => errors.Add(new FieldError(field, code, message));

        public void Check()
        {
            if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_licence", errors[0].Message, errors));
        }

        public string? Choice(string name, string[] allowed, string? absent)
        {
            if (Value(name) is not { } value) value = absent;
            if (value is null || !allowed.Contains(value)) Refuse(name, "not_allowed", $"{name} is one of {string.Join(", ", allowed)}.");
            return value;
        }

        public DateTimeOffset? Instant(string name)
        {
            if (Value(name) is not { } text) return null;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) return at;
            Refuse(name, "invalid_value", $"{name} is an instant such as 2026-12-31T23:59:59Z.");
            return null;
        }

        public string? Text(string name)
        {
            if (Value(name) is not { } text) return null;
            if (text.Length > 2_000 || text.Contains('\0', StringComparison.Ordinal)) Refuse(name, "too_long", $"{name} has at most 2000 characters.");
            return text;
        }

        public string[] Territories()
        {
            if (!json.TryGetProperty("territories", out var list) || list.ValueKind == JsonValueKind.Null) return [];
            var items = list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(item => item.ToString().ToUpperInvariant()).Distinct().ToArray() : ["?"];
            if (items.Length > 250 || items.Any(item => item.Length != 2 || !item.All(char.IsAsciiLetterUpper))) Refuse("territories", "invalid_value", "territories is a list of two-letter country codes (ISO 3166-1), for example [\"PT\",\"DE\"]; empty for the whole world.");
            return items;
        }

        private string? Value(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
    }
}
