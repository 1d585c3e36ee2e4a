using System.Globalization;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Suppressions;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Records what a call came to, in one transaction. A row that somebody else has settled meanwhile is left as it is, except that a message which the
/// provider has is accepted.
/// </summary>
internal sealed class RecordAnswers(NpgsqlDataSource database, IOptions<SendingOptions> options)
{
    /// <summary>Records the answers of one call.</summary>
    public async Task RunAsync(Guid campaignId, string provider, Guid requestId, IReadOnlyList<SendAnswer> answers, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var byKey = new NpgsqlCommand(SubmitBatch.ByKey, connection)) await byKey.ExecuteNonQueryAsync(cancellationToken);
        await AcceptSends.RunAsync(connection, [.. answers.Where(answer => answer.Outcome is SendOutcome.Accepted).Select(answer =>
            new AcceptedSend(campaignId, answer.Message.SendId, ((SendOutcome.Accepted)answer.Outcome).MessageId, AcceptSends.DomainOf(answer.Message.Email)))], cancellationToken);
        await SettleAsync(connection, campaignId, requestId, [.. answers.Where(answer => answer.Outcome is not SendOutcome.Accepted)], cancellationToken);
        await SuppressContact.RunAsync(connection, [.. answers.Where(answer => answer.Outcome is SendOutcome.Rejected { IsDeadAddress: true }).Select(answer =>
            new Suppression(answer.Message.Email, null, "hard_bounce", provider))], cancellationToken);
        if (answers.Select(answer => answer.Outcome).OfType<SendOutcome.Stop>().FirstOrDefault() is { } stopped)
            await StopCampaign.RunAsync(connection, campaignId, $"The provider {provider} refuses everything: {stopped.Reason}", cancellationToken);
        await CountAsync(connection, campaignId, answers, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task CountAsync(NpgsqlConnection connection, Guid campaignId, IReadOnlyList<SendAnswer> answers, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            update marketing_ops.campaign_sendings set answered = answered + $2, refused = refused + $3 where campaign_id = $1
            returning answered >= $4 and refused > answered * $5, refused, answered
            """, connection);
        command.Parameters.AddWithValue(campaignId);
        command.Parameters.AddWithValue((long)answers.Count(answer => answer.Outcome is SendOutcome.Accepted or SendOutcome.Rejected));
        command.Parameters.AddWithValue((long)answers.Count(answer => answer.Outcome is SendOutcome.Rejected));
        command.Parameters.AddWithValue((long)options.Value.ErrorsAfter);
        command.Parameters.AddWithValue(options.Value.PauseAtErrors);
        long refused, answered;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken) || !reader.GetBoolean(0)) return;
            (refused, answered) = (reader.GetInt64(1), reader.GetInt64(2));
        }
        await StopCampaign.RunAsync(connection, campaignId, string.Create(CultureInfo.InvariantCulture, $"{refused} of {answered} recipients were refused."), cancellationToken);
    }

    // An attempt that certainly sent nothing and was not the recipient's fault does not count as one when the campaign was stopped.
    private async Task SettleAsync(NpgsqlConnection connection, Guid campaignId, Guid requestId, List<SendAnswer> answers, CancellationToken cancellationToken)
    {
        if (answers.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            update marketing_ops.campaign_sends send
            set    state = case when line.state = 'queued' and not line.is_stop and sending.frozen_at < now() - $7 then 'rejected' else line.state end,
                   reason = line.reason,
                   due_at = case when line.state = 'queued' then now() + coalesce(line.after, least($9, $8 * power(2, least(send.attempts - 1, 30)))) else due_at end,
                   attempts = send.attempts - line.is_stop::integer,
                   finished_at = case when line.state = 'rejected' then now() end
            from   unnest($2::uuid[], $3::text[], $4::text[], $5::interval[], $6::boolean[]) as line (send_id, state, reason, after, is_stop), marketing_ops.campaign_sendings sending
            where  send.campaign_id = $1 and send.send_id = line.send_id and send.request_id = $10 and send.state in ('submitted', 'unconfirmed') and sending.campaign_id = $1
            """, connection);
        command.Parameters.AddWithValue(campaignId);
        command.Parameters.AddWithValue(answers.Select(answer => answer.Message.SendId).ToArray());
        command.Parameters.AddWithValue(answers.Select(answer => State(answer.Outcome)).ToArray());
        command.Parameters.AddWithValue(answers.Select(answer => Reason(answer.Outcome).Replace('\0', ' ')).ToArray());
        command.Parameters.Add(new() { Value = answers.Select(answer => After(answer.Outcome)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Interval });
        command.Parameters.AddWithValue(answers.Select(answer => answer.Outcome is SendOutcome.Stop).ToArray());
        command.Parameters.AddWithValue(options.Value.GiveUpAfter);
        command.Parameters.AddWithValue(options.Value.FirstRetryAfter);
        command.Parameters.AddWithValue(options.Value.MaxRetryAfter);
        command.Parameters.AddWithValue(requestId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string State(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Rejected => SendState.Rejected,
        SendOutcome.Unconfirmed => SendState.Unconfirmed,
        SendOutcome.RetryLater or SendOutcome.Stop => SendState.Queued,
        _ => throw new System.Diagnostics.UnreachableException($"{outcome}"),
    };

    private static string Reason(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Rejected rejected => rejected.Reason,
        SendOutcome.Unconfirmed unconfirmed => unconfirmed.Reason,
        SendOutcome.RetryLater retry => retry.Reason,
        SendOutcome.Stop stopped => stopped.Reason,
        _ => throw new System.Diagnostics.UnreachableException($"{outcome}"),
    };

    private static TimeSpan? After(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryLater retry => retry.After,
        SendOutcome.Stop => TimeSpan.Zero,
        _ => null,
    };
}
