using System.Text.Json;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Preflight;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Campaigns.Life;

/// <summary>
/// Moves a campaign that sends email through its life. The campaign's row is held, so that two moves go one after the other and the second is judged by what the
/// first has left. Starting keeps the content as it stands: what is sent does not change under way.
/// </summary>
internal sealed class MoveCampaign(NpgsqlDataSource database, CheckCampaign preflight)
{
    /// <summary>Moves it.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="action">What is done.</param>
    /// <param name="time">When it starts; for scheduling alone.</param>
    /// <param name="caller">Who.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Its status now.</returns>
    /// <exception cref="ProblemException">404: it sends no email. 409: its status forbids the action. 422: preflight found errors.</exception>
    public async Task<string> RunAsync(Guid campaign, CampaignAction action, SendTime? time, Caller caller, CancellationToken cancellationToken)
    {
        // Before the row is held: looking at every recipient takes its time. What changes between is looked at again by the sender, recipient by recipient.
        if (action is CampaignAction.Schedule or CampaignAction.Start or CampaignAction.Resume)
        {
            var report = await preflight.RunAsync(campaign, cancellationToken);
            if (!report.IsReady) throw new ProblemException(Problem.Unprocessable("not_ready", "The campaign cannot go out yet. POST to preflight shows everything.", [.. report.Findings.Where(finding => finding.IsError).Select(finding => new FieldError(finding.Field, finding.Rule, $"{finding.Actual} {finding.Fix}"))]));
        }
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await HoldAsync(connection, campaign, cancellationToken);
        var after = CampaignStatus.Next(before, action)
            ?? throw new ProblemException(Problem.Conflict("wrong_status", $"The campaign is {before}. {action.ToString().ToLowerInvariant()} is for one that is {string.Join(" or ", CampaignStatus.Before(action))}."));
        await StoreAsync(connection, campaign, (before, after), time, caller, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return after;
    }

    /// <summary>Starts a scheduled campaign whose time has come; nothing when it is not scheduled for now any more.</summary>
    public async Task<bool> StartDueAsync(Guid campaign, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await HoldAsync(connection, campaign, cancellationToken);
        if (before != CampaignStatus.Scheduled || !await IsDueAsync(connection, campaign, cancellationToken)) return false;
        await StoreAsync(connection, campaign, (before, CampaignStatus.Active), null, caller, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Makes a scheduled campaign a draft again and keeps why.</summary>
    public async Task TakeBackAsync(Guid campaign, string reason, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await HoldAsync(connection, campaign, cancellationToken) != CampaignStatus.Scheduled) return;
        await StoreAsync(connection, campaign, (CampaignStatus.Scheduled, CampaignStatus.Draft), null, caller, cancellationToken, reason);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<string> HoldAsync(NpgsqlConnection connection, Guid campaign, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select coalesce(c.status, 'draft'), e.campaign_id is not null from marketing.campaigns c left join marketing_ops.campaign_emails e on e.campaign_id = c.id where c.id = $1 for update of c", connection) { Parameters = { new() { Value = campaign } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new ProblemException(Problem.NotFound("campaigns", campaign.ToString()));
        return reader.GetBoolean(1) ? reader.GetString(0) : throw new ProblemException(LoadMessages.NoEmail);
    }

    private static async Task<bool> IsDueAsync(NpgsqlConnection connection, Guid campaign, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select send_at <= now() from marketing_ops.campaign_emails where campaign_id = $1", connection) { Parameters = { new() { Value = campaign } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task StoreAsync(NpgsqlConnection connection, Guid campaign, (string From, string To) status, SendTime? time, Caller caller, CancellationToken cancellationToken, string? reason = null)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("update marketing.campaigns set status = $2, updated_at = now() where id = $1") { Parameters = { new() { Value = campaign }, new() { Value = status.To } } });
        var email = new NpgsqlBatchCommand("""
            update marketing_ops.campaign_emails
            set    send_at = case when $2 = 'scheduled' then $3 when $2 = 'draft' then null else send_at end,
                   send_at_local = case when $2 = 'scheduled' then $4 when $2 = 'draft' then null else send_at_local end,
                   time_zone = case when $2 = 'scheduled' then $5 when $2 = 'draft' then null else time_zone end,
                   started_at = case when $2 = 'active' then coalesce(started_at, now()) else started_at end, refused_reason = $6
            where  campaign_id = $1
            """);
        email.Parameters.AddWithValue(campaign);
        email.Parameters.AddWithValue(status.To);
        email.Parameters.Add(new() { Value = (object?)time?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        email.Parameters.Add(new() { Value = (object?)time?.Local ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Timestamp });
        email.Parameters.Add(new() { Value = (object?)time?.Zone ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        email.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        batch.BatchCommands.Add(email);
        if (status is { From: CampaignStatus.Draft or CampaignStatus.Scheduled, To: CampaignStatus.Active }) batch.BatchCommands.Add(EmailEndpoints.Freeze(campaign));
        var changes = JsonSerializer.Serialize(new Dictionary<string, object?> { ["status"] = new { from = status.From, to = status.To }, ["send_at"] = time?.At, ["reason"] = reason }.Where(change => change.Value is not null).ToDictionary());
        batch.BatchCommands.Add(AuditLog.Command(caller, null, "campaigns", [new AuditLine("update", campaign, changes)]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
