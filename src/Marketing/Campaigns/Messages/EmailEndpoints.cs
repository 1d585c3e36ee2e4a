using System.Text.Json;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Campaigns.Messages;

/// <summary><c>GET</c> and <c>PUT /api/campaigns/{id}/email</c>: what a campaign sends.</summary>
internal static class EmailEndpoints
{
    private static readonly string[] Open = ["draft", "scheduled", "paused"];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("campaigns/{id}/email", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);
        api.MapPut("campaigns/{id}/email", (RequestDelegate)PutAsync).RequireScope(Scopes.Write);
    }

    private static async Task ReadAsync(HttpContext context) => await SendAsync(context, await CampaignRequest.VisibleAsync(context));

    private static async Task PutAsync(HttpContext context)
    {
        var id = await CampaignRequest.ChangeableAsync(context);
        using var json = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var email = EmailBody.Read(json.RootElement);
        var contents = await ContentsAsync(context, email);
        var caller = context.GetCaller();

        await using var connection = await context.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(context.RequestAborted);
        await using var transaction = await connection.BeginTransactionAsync(context.RequestAborted);
        await DemandOpenAsync(connection, id, email, context.RequestAborted);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(Store(id, email, caller.Name));
            batch.BatchCommands.Add(StoreVariants(id, email, contents));
            batch.BatchCommands.Add(Freeze(id));
            var changes = JsonSerializer.Serialize(new { email = new { to = new { provider = email.Provider, sender_email = email.SenderEmail, list = email.List, holdout = email.Holdout, variants = email.Variants.Select(variant => new { variant = variant.Variant, content_id = variant.Content, subject = variant.Subject, share = variant.Share }) } } });
            batch.BatchCommands.Add(AuditLog.Command(caller, null, "campaigns", [new AuditLine("email", id, changes)]));
            await batch.ExecuteNonQueryAsync(context.RequestAborted);
        }
        await transaction.CommitAsync(context.RequestAborted);
        await SendAsync(context, id);
    }

    private static async Task<Guid[]> ContentsAsync(HttpContext context, EmailBody email)
    {
        var contents = new List<Guid>();
        foreach (var (variant, index) in email.Variants.Select((variant, index) => (variant, index)))
        {
            contents.Add(await CampaignRequest.VisibleContentAsync(context, variant.Content)
                ?? throw new ProblemException(Problem.Unprocessable("no_such_row", "A variant names no content.", new FieldError($"variants[{index}].content_id", "no_such_row", $"There is no content '{variant.Content}'."))));
        }
        return [.. contents];
    }

    // The campaign is held: nothing starts it meanwhile. What recipients were divided into stays as it is once it has started.
    private static async Task DemandOpenAsync(NpgsqlConnection connection, Guid id, EmailBody email, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select c.campaign_type, coalesce(c.status, 'draft'), e.started_at is not null,
                   coalesce((select jsonb_object_agg(variant, share) from marketing_ops.campaign_variants v where v.campaign_id = c.id), '{}')::text, coalesce(e.list, ''), coalesce(e.provider, '')
            from   marketing.campaigns c left join marketing_ops.campaign_emails e on e.campaign_id = c.id where c.id = $1 for update of c
            """, connection) { Parameters = { new() { Value = id } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new ProblemException(Problem.NotFound("campaigns", id.ToString()));
        if (reader.GetString(0) is not ("email" or "multi_channel")) throw new ProblemException(Problem.Unprocessable("not_email", "Only a campaign of type email or multi_channel sends email."));
        var status = reader.GetString(1);
        if (!Open.Contains(status)) throw new ProblemException(Problem.Conflict("not_editable", $"The campaign is {status}. {(status == "active" ? "Pause it first: POST /api/campaigns/{id}/pause." : "Make a new campaign.")}"));
        if (!reader.GetBoolean(2)) return;
        var shares = JsonSerializer.Deserialize<Dictionary<string, decimal>>(reader.GetString(3))!;
        if (shares.Count != email.Variants.Count || email.Variants.Any(variant => !shares.TryGetValue(variant.Variant, out var share) || share != variant.Share))
            throw new ProblemException(Problem.Conflict("already_divided", "The campaign has started: its recipients are divided among the variants. Content and subject of a variant may change, names and shares may not.", new FieldError("variants", "already_divided", $"Send {string.Join(", ", shares.Keys.Order(StringComparer.Ordinal))} with their shares.")));
        if (reader.GetString(4) != email.List) throw new ProblemException(Problem.Conflict("already_divided", "The campaign has started: its list decides who may be written to and cannot change.", new FieldError("list", "already_divided", "Leave the list as it is.")));
    }

    private static NpgsqlBatchCommand Store(Guid id, EmailBody email, string caller)
    {
        var command = new NpgsqlBatchCommand("""
            insert into marketing_ops.campaign_emails (campaign_id, provider, sender_email, sender_name, reply_to, list, holdout, settings, updated_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (campaign_id) do update set provider = excluded.provider, sender_email = excluded.sender_email, sender_name = excluded.sender_name, reply_to = excluded.reply_to,
                list = excluded.list, holdout = excluded.holdout, settings = excluded.settings, updated_by = excluded.updated_by, updated_at = now()
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(email.Provider);
        command.Parameters.AddWithValue(email.SenderEmail);
        command.Parameters.Add(new() { Value = (object?)email.SenderName ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)email.ReplyTo ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(email.List);
        command.Parameters.AddWithValue(email.Holdout);
        command.Parameters.Add(new() { Value = email.Settings, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.AddWithValue(caller);
        return command;
    }

    private static NpgsqlBatchCommand StoreVariants(Guid id, EmailBody email, Guid[] contents)
    {
        var command = new NpgsqlBatchCommand("""
            with given as (select * from unnest($2::text[], $3::uuid[], $4::text[], $5::numeric[]) as g (variant, content_id, subject, share)),
            gone as (delete from marketing_ops.campaign_variants v where campaign_id = $1 and not exists (select from given where given.variant = v.variant))
            insert into marketing_ops.campaign_variants (campaign_id, variant, content_id, subject, share) select $1, variant, content_id, subject, share from given
            on conflict (campaign_id, variant) do update set content_id = excluded.content_id, subject = excluded.subject, share = excluded.share, source = null
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(email.Variants.Select(variant => variant.Variant).ToArray());
        command.Parameters.AddWithValue(contents);
        command.Parameters.Add(new() { Value = email.Variants.Select(variant => variant.Subject).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.AddWithValue(email.Variants.Select(variant => variant.Share).ToArray());
        return command;
    }

    /// <summary>Keeps the content as it stands now for a campaign that has started.</summary>
    internal static NpgsqlBatchCommand Freeze(Guid id) => new($"""
        update marketing_ops.campaign_variants set source = frozen.source
        from   (select v.campaign_id, v.variant, {LoadMessages.SourceSql} as source
                from marketing_ops.campaign_variants v left join marketing.content c on c.id = v.content_id left join marketing.content t on t.id = c.template_id where v.campaign_id = $1) frozen
        where  campaign_variants.campaign_id = frozen.campaign_id and campaign_variants.variant = frozen.variant
        and    exists (select from marketing_ops.campaign_emails e where e.campaign_id = $1 and e.started_at is not null)
        """) { Parameters = { new() { Value = id } } };

    private static async Task SendAsync(HttpContext context, Guid id)
    {
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select json_build_object('provider', provider, 'sender_email', sender_email, 'sender_name', sender_name, 'reply_to', reply_to, 'list', list, 'holdout', holdout, 'settings', settings,
                'send_at', send_at, 'send_at_local', send_at_local, 'time_zone', time_zone, 'started_at', started_at, 'refused_reason', refused_reason, 'updated_by', updated_by, 'updated_at', updated_at,
                'variants', (select coalesce(json_agg(json_build_object('variant', v.variant, 'content_id', v.content_id, 'subject', v.subject, 'share', v.share, 'frozen_version', (v.source ->> 'version')::integer) order by v.variant), '[]')
                             from marketing_ops.campaign_variants v where v.campaign_id = e.campaign_id))::text
            from marketing_ops.campaign_emails e where campaign_id = $1
            """);
        command.Parameters.AddWithValue(id);
        var answer = await command.ExecuteScalarAsync(context.RequestAborted) as string ?? throw new ProblemException(LoadMessages.NoEmail);
        await Results.Text(answer, "application/json").ExecuteAsync(context);
    }
}
