using Marketing.Campaigns.Events;
using Marketing.Campaigns.Sending.Providers.Azure;
using Marketing.Campaigns.Sending.Providers.SendGrid;
using Marketing.Campaigns.Sending.Providers.Smtp;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// What a provider's events tell about messages of the ledger, in the transaction that records the events: it has them. So a message whose answer was lost
/// is accepted, and the call that it left with is known to have arrived.
/// </summary>
internal static class ConfirmSends
{
    // An open or a click of our own tells as much, whoever sent the message.
    private static readonly string[] Providers = [SendGridSender.Name, AzureSender.Name, SmtpSender.Name];

    /// <summary>Confirms messages.</summary>
    /// <param name="connection">With its transaction.</param>
    /// <param name="provider">Who reports.</param>
    /// <param name="named">Ids of messages that events name, ours or not, with the recipient's address where known.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Those that are messages of the ledger: their event <c>sent</c> is written by it alone.</returns>
    public static async Task<IReadOnlySet<string>> RunAsync(NpgsqlConnection connection, string provider, IReadOnlyCollection<(string MessageId, string? Email)> named, CancellationToken cancellationToken)
    {
        var ours = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var domains = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, email) in named)
            if (Guid.TryParse(id, out var send)) domains[send.ToString()] = AcceptSends.DomainOf(email);
        if (domains.Count == 0) return ours;

        var lost = new List<AcceptedSend>();
        var calls = new HashSet<Guid>();
        await using (var command = new NpgsqlCommand("""
            select send.campaign_id, send.send_id, send.state <> 'accepted', request.request_id
            from   unnest($2::text[]) as n (id)
            join   marketing_ops.sent_messages message on message.provider = any($1) and message.message_id = n.id
            join   marketing_ops.campaign_sends send on send.campaign_id = message.campaign_id and send.send_id = n.id::uuid
            left   join marketing_ops.send_requests request on request.request_id = send.request_id and request.reported_at is null
            """, connection))
        {
            command.Parameters.AddWithValue(provider == TrackingProvider.Tracking ? Providers : [provider]);
            command.Parameters.AddWithValue(domains.Keys.ToArray());
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var send = reader.GetGuid(1).ToString();
                ours.Add(send);
                if (reader.GetBoolean(2)) lost.Add(new AcceptedSend(reader.GetGuid(0), reader.GetGuid(1), null, domains[send]));
                if (!reader.IsDBNull(3)) calls.Add(reader.GetGuid(3));
            }
        }
        if (calls.Count > 0)
        {
            await using var report = new NpgsqlCommand("""
                update marketing_ops.send_requests set reported_at = now()
                where  request_id in (select request_id from marketing_ops.send_requests where request_id = any($1) and reported_at is null order by request_id for update)
                """, connection);
            report.Parameters.Add(new() { Value = calls.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
            await report.ExecuteNonQueryAsync(cancellationToken);
        }
        await AcceptSends.RunAsync(connection, lost, cancellationToken);
        return ours;
    }
}
