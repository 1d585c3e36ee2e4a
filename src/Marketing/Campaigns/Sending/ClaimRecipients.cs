using Marketing.Campaigns.Messages;
using Marketing.Data.External;
using Marketing.Suppressions;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// The statements around one batch. The claim is the row lock of an open transaction: <c>skip locked</c> hands each worker its own rows, and a worker
/// that dies before it has recorded <c>submitted</c> lets go of them as if nothing had been.
/// </summary>
internal sealed class ClaimRecipients(ContactFacts facts, IOptions<ExternalTables> external, Suppressed suppressed)
{
    /// <summary>Whether the campaign is active, which it then stays until the transaction ends: who has paused it reads that nothing more is submitted.</summary>
    public static async Task<bool> HoldActiveAsync(NpgsqlConnection connection, Guid campaignId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select from marketing.campaigns where id = $1 and status = 'active' for share", connection);
        command.Parameters.AddWithValue(campaignId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }

    /// <summary>Locks due rows and reads their contacts.</summary>
    public async Task<IReadOnlyList<Candidate>> RunAsync(NpgsqlConnection connection, Guid campaignId, int most, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using var command = new NpgsqlCommand($"""
            with due as materialized (
                select send_id, contact_id, variant from marketing_ops.campaign_sends
                where  campaign_id = $1 and state = 'queued' and due_at <= now()
                order  by due_at limit $2
                for    update skip locked)
            select due.send_id, due.contact_id, due.variant, contact.{tables.ContactEmail}, coalesce(contact.{tables.ContactMarketingConsent}, false), contact.{tables.ContactCountry}::text, {facts.Select("contact")}
            from   due left join {tables.Contacts} contact on contact.{tables.ContactId} = due.contact_id
            """, connection);
        command.Parameters.AddWithValue(campaignId);
        command.Parameters.AddWithValue(most);
        var candidates = new List<Candidate>(most);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            candidates.Add(new Candidate(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3).Trim(), reader.GetBoolean(4), reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetString(6)));
        return candidates;
    }

    /// <summary>Addresses among theirs that may not be written to now, as they stand in the candidates.</summary>
    public Task<HashSet<string>> SuppressedAsync(NpgsqlConnection connection, IReadOnlyList<Candidate> candidates, string list, CancellationToken cancellationToken) =>
        suppressed.AmongAsync(connection, [.. candidates.Select(candidate => candidate.Email).OfType<string>()], list, cancellationToken);

    /// <summary>
    /// Those who have had as many marketing messages as <see cref="SendingOptions.ContactCap"/> allows. Held until the transaction ends, so that two campaigns
    /// cannot both count before either has recorded.
    /// </summary>
    public static async Task<IReadOnlySet<Guid>> CappedAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid> contacts, int cap, TimeSpan per, CancellationToken cancellationToken)
    {
        await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = CapLock } } }) await hold.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            select contact_id from marketing_ops.campaign_sends
            where  contact_id = any($1) and submitted_at > now() - $3 and state in ('submitted', 'accepted', 'unconfirmed')
            group  by contact_id having count(*) >= $2
            """, connection);
        command.Parameters.AddWithValue(contacts.ToArray());
        command.Parameters.AddWithValue(cap);
        command.Parameters.AddWithValue(per);
        var capped = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) capped.Add(reader.GetGuid(0));
        return capped;
    }

    /// <summary>Records what was decided without the provider.</summary>
    public static async Task DecideAsync(NpgsqlConnection connection, Guid campaignId, IReadOnlyCollection<Verdict> verdicts, CancellationToken cancellationToken)
    {
        if (verdicts.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            update marketing_ops.campaign_sends send
            set    state = line.state, reason = line.reason, due_at = coalesce(line.due_at, send.due_at), finished_at = case when line.state <> 'queued' then now() end
            from   unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) as line (send_id, state, reason, due_at)
            where  send.campaign_id = $1 and send.send_id = line.send_id and send.state = 'queued'
            """, connection);
        command.Parameters.AddWithValue(campaignId);
        command.Parameters.AddWithValue(verdicts.Select(verdict => verdict.SendId).ToArray());
        command.Parameters.AddWithValue(verdicts.Select(verdict => verdict.State).ToArray());
        command.Parameters.AddWithValue(verdicts.Select(verdict => verdict.Reason).ToArray());
        command.Parameters.Add(new() { Value = verdicts.Select(verdict => verdict.DueAt?.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Records that messages are about to leave, and to whom, so that events find their recipient even when the answer is never recorded.</summary>
    public static async Task SubmitAsync(NpgsqlConnection connection, string provider, bool isReported, IReadOnlyCollection<(Guid CampaignId, Guid SendId, Guid ContactId, string Variant, Guid RequestId)> sends, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with line as (select * from unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[]) as l (send_id, contact_id, variant, request_id)),
            called as (
                insert into marketing_ops.send_requests (request_id, provider) select distinct request_id, $2 from line where $7),
            named as (
                insert into marketing_ops.sent_messages (provider, message_id, campaign_id, contact_id, variant)
                select $2, send_id::text, $1, contact_id, variant from line
                on conflict (provider, message_id) do nothing)
            update marketing_ops.campaign_sends send
            set    state = 'submitted', reason = null, provider = $2, request_id = line.request_id, submitted_at = clock_timestamp(), attempts = attempts + 1
            from   line
            where  send.campaign_id = $1 and send.send_id = line.send_id and send.state = 'queued'
            """, connection);
        command.Parameters.AddWithValue(sends.First().CampaignId);
        command.Parameters.AddWithValue(provider);
        command.Parameters.AddWithValue(sends.Select(send => send.SendId).ToArray());
        command.Parameters.AddWithValue(sends.Select(send => send.ContactId).ToArray());
        command.Parameters.AddWithValue(sends.Select(send => send.Variant).ToArray());
        command.Parameters.AddWithValue(sends.Select(send => send.RequestId).ToArray());
        command.Parameters.AddWithValue(isReported);
        var submitted = await command.ExecuteNonQueryAsync(cancellationToken);
        if (submitted < sends.Count) throw new InvalidOperationException("A claimed recipient is no longer queued although its row is held.");
    }

    // Any constant that no other job takes.
    private const long CapLock = 0x73656E64636170;
}
