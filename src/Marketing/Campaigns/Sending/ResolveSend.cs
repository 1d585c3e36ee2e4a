using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// A person decides about a message whose answer is not known: it was sent, or it was not and goes out now, or it was not and stays so. The id of the
/// message stays the same, so that the provider's late word still finds it.
/// </summary>
internal sealed class ResolveSend(NpgsqlDataSource database)
{
    /// <summary>The decisions.</summary>
    public static readonly string[] Decisions = ["sent", "not_sent", "resend"];

    /// <summary>Decides.</summary>
    /// <exception cref="ProblemException">404: no such message of the campaign; 409: it is not unconfirmed.</exception>
    public async Task RunAsync(Guid campaignId, Guid sendId, string decision, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var hold = new NpgsqlCommand("select state from marketing_ops.campaign_sends where campaign_id = $1 and send_id = $2 for update", connection))
        {
            hold.Parameters.AddWithValue(campaignId);
            hold.Parameters.AddWithValue(sendId);
            var state = await hold.ExecuteScalarAsync(cancellationToken) as string ?? throw new ProblemException(Problem.NotFound("sends", sendId.ToString()));
            if (state != SendState.Unconfirmed) throw new ProblemException(Problem.Conflict("not_unconfirmed", $"The message is {state}: there is nothing to decide."));
        }
        if (decision == "sent") await AcceptSends.RunAsync(connection, [new AcceptedSend(campaignId, sendId, null, null)], cancellationToken);
        else
        {
            await using var change = new NpgsqlCommand("""
                update marketing_ops.campaign_sends set state = $3, reason = $4, due_at = now(), finished_at = case when $3 = 'rejected' then now() end where campaign_id = $1 and send_id = $2
                """, connection);
            foreach (var value in new object[] { campaignId, sendId, decision == "resend" ? SendState.Queued : SendState.Rejected, $"Not sent: {caller.Name} decided." }) change.Parameters.AddWithValue(value);
            await change.ExecuteNonQueryAsync(cancellationToken);
        }
        var audit = AuditLog.Command(caller, onBehalfOf: null, "campaigns", [new AuditLine($"resolve_send:{decision}", campaignId, $$"""{"send_id":"{{sendId}}"}""")]);
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { audit } }) await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
