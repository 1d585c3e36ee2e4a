using Npgsql;
using NpgsqlTypes;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Records that the provider has a message, whoever learnt it: the answer to the call, an event, a read, a person. Its word outranks every earlier
/// state but its own. The event <c>sent</c> has the send's id, so the key of <c>campaign_events</c> makes it one.
/// </summary>
internal static class AcceptSends
{
    /// <summary>Stores it in the transaction of the connection.</summary>
    /// <returns>How many were not known as accepted before.</returns>
    public static async Task<int> RunAsync(NpgsqlConnection connection, IReadOnlyCollection<AcceptedSend> accepted, CancellationToken cancellationToken)
    {
        if (accepted.Count == 0) return 0;
        // In one order, so that two batches of events cannot wait for each other.
        var lines = accepted.OrderBy(send => send.CampaignId).ThenBy(send => send.SendId).ToList();
        await using var command = new NpgsqlCommand("""
            with line as (select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as l (campaign_id, send_id, message_id, domain)),
            held as materialized (
                select send.campaign_id, send.send_id, line.message_id, line.domain
                from   line join marketing_ops.campaign_sends send on send.campaign_id = line.campaign_id and send.send_id = line.send_id
                where  send.state <> 'accepted' and send.attempts > 0
                order  by send.campaign_id, send.send_id for update of send),
            settled as (
                update marketing_ops.campaign_sends send
                set    state = 'accepted', reason = null, message_id = coalesce(held.message_id, send.message_id), finished_at = now()
                from   held
                where  send.campaign_id = held.campaign_id and send.send_id = held.send_id and send.state <> 'accepted'
                returning send.campaign_id, send.send_id, send.contact_id, send.variant, send.provider, held.domain)
            insert into marketing.campaign_events (id, campaign_id, contact_id, event_type, event_timestamp, event_data, channel)
            select send_id, campaign_id, contact_id, 'sent', now(), jsonb_strip_nulls(jsonb_build_object('provider', provider, 'message_id', send_id, 'variant', variant, 'recipient_domain', domain)), 'email'
            from   settled
            on conflict (id) do nothing
            """, connection);
        command.Parameters.AddWithValue(lines.Select(send => send.CampaignId).ToArray());
        command.Parameters.AddWithValue(lines.Select(send => send.SendId).ToArray());
        command.Parameters.Add(new() { Value = lines.Select(send => send.MessageId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = lines.Select(send => send.Domain).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Domain of an address, in lower case; null where there is none.</summary>
    public static string? DomainOf(string? email) => email?.LastIndexOf('@') is { } at and >= 0 && at < email.Length - 1 ? email[(at + 1)..].ToLowerInvariant() : null;
}

/// <summary>A message that the provider has.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="SendId">The message.</param>
/// <param name="MessageId">The provider's id of it; null where it gave none.</param>
/// <param name="Domain">Domain of the recipient; null where unknown.</param>
internal sealed record AcceptedSend(Guid CampaignId, Guid SendId, string? MessageId, string? Domain);
