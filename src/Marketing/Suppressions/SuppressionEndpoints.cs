using System.Globalization;
using System.Text.Json;
using Marketing.Campaigns;
using Marketing.Campaigns.Messages;
using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Suppressions.Erasure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Suppressions;

/// <summary>The ledger for operators: who may not be written to, and why. Reading needs <c>read</c>, adding <c>write</c>, lifting and erasing <c>admin</c>; a role that sees only some contacts may do none of it.</summary>
internal static class SuppressionEndpoints
{
    private const int MaxPage = 500;
    private static readonly string[] Members = ["email", "contact_id", "scope", "scope_value", "reason", "expires_at"];

    /// <summary>Reasons that an operator may give.</summary>
    public static readonly IReadOnlyList<string> Reasons = ["manual", "unsubscribe", "complaint", "hard_bounce"];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("suppressions", (RequestDelegate)ListAsync).RequireScope(Scopes.Read);
        api.MapPost("suppressions", (RequestDelegate)AddAsync).RequireScope(Scopes.Write);
        api.MapPost("suppressions/import", (RequestDelegate)ImportAsync).RequireScope(Scopes.Write);
        api.MapDelete("suppressions/{id:guid}", (RequestDelegate)LiftAsync).RequireScope(Scopes.Admin);
        api.MapPost("suppressions/erasures", (RequestDelegate)EraseAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ListAsync(HttpContext context)
    {
        CampaignRequest.SeesEveryMember(context);
        var query = context.Request.Query;
        Guid? contact = query["contact_id"].ToString() is { Length: > 0 } text ? Guid.TryParse(text, out var id) ? id : throw Unfit("contact_id", "contact_id is a uuid.") : null;
        var limit = query["limit"].ToString() is { Length: > 0 } wanted ? int.TryParse(wanted, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MaxPage ? number : throw Unfit("limit", $"limit is from 1 to {MaxPage}.") : 100;
        Guid? after = query["after"].ToString() is { Length: > 0 } cursor ? Guid.TryParse(cursor, out var last) ? last : throw Unfit("after", "after is the id of the last row of the page before.") : null;
        var tables = context.RequestServices.GetRequiredService<IOptions<ExternalTables>>().Value;
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand($"""
            select coalesce(json_agg(s), '[]')::text from (
                select id, contact_id, scope, scope_value, reason, source, created_at, expires_at, lifted_at, lifted_at is null and (expires_at is null or expires_at > now()) as is_active
                from   marketing_ops.suppressions
                where  ($1::bytea is null or address_hash = $1)
                and    ($2::uuid is null or contact_id = $2 or address_hash = (select sha256(convert_to(lower(btrim({tables.ContactEmail})), 'UTF8')) from {tables.Contacts} where {tables.ContactId} = $2))
                and    ($3::text is null or reason = $3) and ($4::text is null or scope = $4)
                and    ($5::boolean is null or $5 = (lifted_at is null and (expires_at is null or expires_at > now())))
                and    ($6::uuid is null or id > $6)
                order  by id limit $7) s
            """);
        command.Parameters.Add(new() { Value = query["email"].ToString() is { Length: > 0 } email ? SuppressContact.HashOf(email) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = (object?)contact ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        foreach (var name in new[] { "reason", "scope" }) command.Parameters.Add(new() { Value = query[name].ToString() is { Length: > 0 } value ? value : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = query["is_active"].ToString() switch { "" => DBNull.Value, "true" => true, "false" => false, _ => throw Unfit("is_active", "is_active is true or false.") }, NpgsqlDbType = NpgsqlDbType.Boolean });
        command.Parameters.Add(new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(limit);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    private static async Task AddAsync(HttpContext context)
    {
        DemandMayWrite(context);
        using var json = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var errors = new List<FieldError>();
        foreach (var member in json.RootElement.EnumerateObject().Where(member => !Members.Contains(member.Name))) errors.Add(new(member.Name, "unknown_member", $"Members: {string.Join(", ", Members)}."));
        var line = Line(json.RootElement, context.GetCaller(), errors);
        var contact = Texts.Read(json.RootElement, "contact_id", 36, errors);
        var contactId = Guid.TryParse(contact, out var id) ? id : (Guid?)null;
        if (contact is not null && contactId is null) errors.Add(new("contact_id", "wrong_type", "contact_id is a uuid."));
        if (line.Email.Length == 0 && contact is null) errors.Add(new("email", "required", "Send email or contact_id."));
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_suppression", "Some fields cannot be taken.", errors));

        await using var connection = await context.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(context.RequestAborted);
        if (line.Email.Length == 0)
        {
            var tables = context.RequestServices.GetRequiredService<IOptions<ExternalTables>>().Value;
            await using var find = new NpgsqlCommand($"select {tables.ContactEmail} from {tables.Contacts} where {tables.ContactId} = $1", connection) { Parameters = { new() { Value = contactId!.Value } } };
            line = line with { Email = await find.ExecuteScalarAsync(context.RequestAborted) as string ?? throw new ProblemException(Problem.Unprocessable("no_such_row", "No contact with an address has this id.", new FieldError("contact_id", "no_such_row", "Send the id of a contact that has an address."))) };
        }
        line = line with { ContactId = contactId };
        await using var transaction = await connection.BeginTransactionAsync(context.RequestAborted);
        await SuppressContact.RunAsync(connection, [line], context.RequestAborted);
        await using var read = new NpgsqlCommand("""
            select id, json_build_object('id', id, 'contact_id', contact_id, 'scope', scope, 'scope_value', scope_value, 'reason', reason, 'source', source, 'created_at', created_at, 'expires_at', expires_at, 'lifted_at', lifted_at, 'is_active', true)::text
            from marketing_ops.suppressions where address_hash = $1 and scope = $2 and scope_value = $3 and reason = $4
            """, connection);
        foreach (var value in new object[] { SuppressContact.HashOf(line.Email), line.Scope, line.ScopeValue, line.Reason }) read.Parameters.AddWithValue(value);
        Guid row;
        string answer;
        await using (var reader = await read.ExecuteReaderAsync(context.RequestAborted))
        {
            await reader.ReadAsync(context.RequestAborted);
            (row, answer) = (reader.GetGuid(0), reader.GetString(1));
        }
        await AuditAsync(connection, context, "suppress", row, JsonSerializer.Serialize(new { reason = new { to = line.Reason }, scope = new { to = line.Scope } }));
        await transaction.CommitAsync(context.RequestAborted);
        context.Response.Headers.Location = $"/api/suppressions/{row}";
        await Results.Text(answer, "application/json", statusCode: StatusCodes.Status201Created).ExecuteAsync(context);
    }

    private static async Task ImportAsync(HttpContext context)
    {
        DemandMayWrite(context);
        if (context.Request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) is not true) throw new ProblemException(Problem.UnsupportedMediaType("text/csv"));
        var outcome = await context.RequestServices.GetRequiredService<ImportSuppressions>().RunAsync(context.Request.Body, context.GetCaller(), context.RequestAborted);
        await Results.Json(outcome, ImportJson.Default.ImportOutcome).ExecuteAsync(context);
    }

    private static async Task LiftAsync(HttpContext context)
    {
        DemandMayWrite(context);
        var id = Guid.Parse((string)context.GetRouteValue("id")!);
        await using var connection = await context.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(context.RequestAborted);
        await using var transaction = await connection.BeginTransactionAsync(context.RequestAborted);
        await using var find = new NpgsqlCommand("select reason from marketing_ops.suppressions where id = $1 for update", connection) { Parameters = { new() { Value = id } } };
        switch (await find.ExecuteScalarAsync(context.RequestAborted) as string)
        {
            case null: throw new ProblemException(Problem.NotFound("suppressions", id.ToString()));
            case "erasure": throw new ProblemException(Problem.Conflict("erased", "Whoever asked to be erased is never written to again; this cannot be lifted."));
            case "complaint" or "unsubscribe" when context.Request.Query["new_consent"] != "true":
                throw new ProblemException(Problem.Conflict("needs_new_consent", "The person said no. Lift this only after they have agreed anew, and then with ?new_consent=true."));
        }
        await using (var lift = new NpgsqlCommand("update marketing_ops.suppressions set lifted_at = now() where id = $1 and lifted_at is null", connection) { Parameters = { new() { Value = id } } })
        {
            if (await lift.ExecuteNonQueryAsync(context.RequestAborted) == 1) await AuditAsync(connection, context, "lift", id, null);
        }
        await transaction.CommitAsync(context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task EraseAsync(HttpContext context)
    {
        DemandMayWrite(context);
        using var json = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var errors = new List<FieldError>();
        var email = Texts.Read(json.RootElement, "email", 320, errors);
        var contact = Texts.Read(json.RootElement, "contact_id", 36, errors);
        if (contact is not null && !Guid.TryParse(contact, out _)) errors.Add(new("contact_id", "wrong_type", "contact_id is a uuid."));
        if (email is not null && !EmailBody.IsAddress(email)) errors.Add(new("email", "invalid_value", "Write one address, for example ada@example.com."));
        if (email is null && contact is null) errors.Add(new("contact_id", "required", "Send contact_id, email or both."));
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_erasure", "Some fields cannot be taken.", errors));
        var erased = await context.RequestServices.GetRequiredService<EraseContact>().RunAsync(contact is null ? null : Guid.Parse(contact), email, context.GetCaller(), context.RequestAborted);
        await Results.Json(erased, ErasureJson.Default.Erased).ExecuteAsync(context);
    }

    /// <summary>Reads what an operator says about an address; what is wrong is added to the errors.</summary>
    private static Suppression Line(JsonElement body, Caller caller, List<FieldError> errors)
    {
        var email = Texts.Read(body, "email", 320, errors) ?? "";
        var (scope, value, reason) = (Texts.Read(body, "scope", 20, errors) ?? "all", Texts.Read(body, "scope_value", 63, errors) ?? "", Texts.Read(body, "reason", 20, errors) ?? "manual");
        DateTimeOffset? expires = null;
        if (Texts.Read(body, "expires_at", 40, errors) is { } until)
        {
            if (DateTimeOffset.TryParse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) expires = at;
            else errors.Add(new("expires_at", "wrong_type", "expires_at is an instant, for example 2027-01-01T00:00:00Z."));
        }
        errors.AddRange(Problems(email, scope, value, reason));
        return new Suppression(email, null, reason, Source(caller)) { Scope = scope, ScopeValue = value, ExpiresAt = expires };
    }

    /// <summary>What is wrong with an entry.</summary>
    internal static IEnumerable<FieldError> Problems(string email, string scope, string value, string reason)
    {
        if (email.Length > 0 && !EmailBody.IsAddress(email)) yield return new("email", "invalid_value", "Write one address, for example ada@example.com.");
        if (scope is not ("all" or "channel" or "list")) yield return new("scope", "not_allowed", "scope is one of all, channel, list.");
        else if (scope == "all" != (value.Length == 0)) yield return new("scope_value", scope == "all" ? "not_allowed" : "required", scope == "all" ? "scope all needs no scope_value." : "Name the channel or list, for example email.");
        else if (scope != "all" && !EmailOptions.ListName().IsMatch(value)) yield return new("scope_value", "invalid_value", "scope_value has lower-case letters, digits, - and _.");
        if (!Reasons.Contains(reason)) yield return new("reason", "not_allowed", $"reason is one of {string.Join(", ", Reasons)}.");
    }

    /// <summary>The source of entries by a caller.</summary>
    internal static string Source(Caller caller) => $"api:{caller.Name}";

    private static void DemandMayWrite(HttpContext context)
    {
        CampaignRequest.SeesEveryMember(context);
        if (ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("segment_members")).To(TableAction.Update).Rows is not null)
            throw new ProblemException(Problem.Forbidden("not_granted", "The ledger is written by roles that may change every segment member."));
    }

    private static async Task AuditAsync(NpgsqlConnection connection, HttpContext context, string action, Guid row, string? changes)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { AuditLog.Command(context.GetCaller(), null, "suppressions", [new AuditLine(action, row, changes)]) } };
        await batch.ExecuteNonQueryAsync(context.RequestAborted);
    }

    private static ProblemException Unfit(string field, string message) => new(Problem.BadRequest("invalid_query", message, new FieldError(field, "invalid_value", message)));
}
