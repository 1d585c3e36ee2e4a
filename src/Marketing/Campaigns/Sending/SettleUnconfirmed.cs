using Marketing.Campaigns.Sending.Providers;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Finds out what became of messages whose answer is not known. A worker that died leaves <c>submitted</c>: unconfirmed from then on. Azure is asked.
/// SendGrid reports what it took: what it has not reported in time, while a message that left later was reported and nothing of the same call was,
/// has not been sent and is queued again. Everything else waits for a person, see <see cref="ResolveSend"/>. Nothing is sent again blindly.
/// </summary>
internal sealed class SettleUnconfirmed(NpgsqlDataSource database, IEnumerable<IEmailSender> senders, IOptions<SendingOptions> options)
{
    private const int ReadsAtOnce = 50;
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMinutes(1);

    // A provider that does not know a message any more may have forgotten it. How long Azure keeps an operation is not documented (unverified: at least this).
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>Settles what can be settled now.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("""
            update marketing_ops.campaign_sends set state = 'unconfirmed', reason = 'The worker ended before the answer was recorded.', due_at = now()
            where  state = 'submitted' and submitted_at < now() - $1
            """, [options.Value.AnswerWithin], cancellationToken);
        if (options.Value.ResendUnreported)
        {
            await ExecuteAsync("""
                update marketing_ops.campaign_sends send
                set    state = 'queued', due_at = now(), reason = 'Not sent: the provider reported a message that left later, and nothing of this call.'
                from   marketing_ops.send_requests request
                where  send.state = 'unconfirmed' and request.request_id = send.request_id and request.reported_at is null and send.submitted_at < now() - $1
                and    exists (select from marketing_ops.send_requests later where later.provider = request.provider and later.submitted_at > send.submitted_at and later.reported_at is not null)
                -- What lies in the inbox unread may be the report.
                and    not exists (select from marketing_ops.webhook_inbox inbox where inbox.provider = request.provider and inbox.state <> 'processed' and inbox.received_at > send.submitted_at)
                """, [options.Value.ReportWithin], cancellationToken);
        }
        foreach (var sender in senders.Where(sender => !sender.IsReported)) await AskAsync(sender, cancellationToken);
    }

    private async Task AskAsync(IEmailSender sender, CancellationToken cancellationToken)
    {
        foreach (var (campaign, send, isRecent) in await DueAsync(sender.Provider, cancellationToken))
        {
            switch (await sender.FindAsync(send, cancellationToken))
            {
                case SendTrace.Accepted:
                    await using (var connection = await database.OpenConnectionAsync(cancellationToken)) await AcceptSends.RunAsync(connection, [new AcceptedSend(campaign, send, null, null)], cancellationToken);
                    break;
                case SendTrace.Refused:
                    await ChangeAsync(campaign, send, SendState.Rejected, "The provider took the message and gave it up.", cancellationToken);
                    break;
                case SendTrace.NeverArrived when isRecent:
                    await ChangeAsync(campaign, send, SendState.Queued, "Not sent: the provider does not know the message.", cancellationToken);
                    break;
                case SendTrace.NeverArrived or SendTrace.CannotTell:
                    break;
            }
        }
    }

    // Marked before it is asked, so that one which cannot be told does not keep others from their turn.
    private async Task<List<(Guid Campaign, Guid Send, bool IsRecent)>> DueAsync(string provider, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with due as (
                select campaign_id, send_id from marketing_ops.campaign_sends
                where  state = 'unconfirmed' and provider = $1 and due_at <= now() and submitted_at < now() - $2
                order  by due_at limit $3 for update skip locked)
            update marketing_ops.campaign_sends send set due_at = now() + $4
            from   due where send.campaign_id = due.campaign_id and send.send_id = due.send_id
            returning send.campaign_id, send.send_id, send.submitted_at > now() - $5
            """);
        command.Parameters.AddWithValue(provider);
        command.Parameters.AddWithValue(options.Value.AnswerWithin);
        command.Parameters.AddWithValue(ReadsAtOnce);
        command.Parameters.AddWithValue(BetweenReads);
        command.Parameters.AddWithValue(Remembered);
        var due = new List<(Guid, Guid, bool)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) due.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetBoolean(2)));
        return due;
    }

    private Task ChangeAsync(Guid campaign, Guid send, string state, string reason, CancellationToken cancellationToken) => ExecuteAsync("""
        update marketing_ops.campaign_sends set state = $3, reason = $4, due_at = now(), finished_at = case when $3 = 'rejected' then now() end
        where  campaign_id = $1 and send_id = $2 and state = 'unconfirmed'
        """, [campaign, send, state, reason], cancellationToken);

    private async Task ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
