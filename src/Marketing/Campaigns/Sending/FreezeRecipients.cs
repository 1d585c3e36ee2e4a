using Marketing.Campaigns.Preflight;
using Marketing.Data.External;
using Marketing.Suppressions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Fixes who gets a campaign: the segment's members of this moment who agreed to marketing and have an address, one row an address, without those who
/// asked not to be written to. One statement in one transaction, once a campaign: <c>campaign_sendings.frozen_at</c> tells, and a run that dies
/// leaves nothing. Who falls into the holdout is kept as skipped, so that what they do can be compared.
/// </summary>
internal sealed class FreezeRecipients(NpgsqlDataSource database, IOptions<ExternalTables> external, IOptions<SendingOptions> options, ISendStepObserver observer, Suppressed suppressed)
{
    // One sort of a million hashes stays in memory with it.
    private const string Memory = "256MB";
    private const int MaxSeconds = 900;
    private const int Few = 1_000;

    /// <summary>Name that the ledger has for the variant of those who get nothing.</summary>
    public const string Holdout = "holdout";

    /// <summary>Freezes, unless that has been done.</summary>
    /// <returns>How many get the campaign, and how many are held out.</returns>
    /// <exception cref="PostgresException">The database failed; nothing is frozen.</exception>
    public async Task<Frozen> RunAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await HoldAsync(connection, campaignId, cancellationToken) is { } done) return done;
        await observer.ReachedAsync("freezing", campaignId);
        await ExecuteAsync(connection, $"set local work_mem = '{Memory}'; set local statement_timeout = '{MaxSeconds}s'", [], cancellationToken);
        int frozenRows;
        await using (var freeze = new NpgsqlCommand { Connection = connection, CommandTimeout = MaxSeconds + 5 })
        {
            freeze.Parameters.AddWithValue(campaignId);
            freeze.Parameters.AddWithValue(Holdout);
            freeze.CommandText = Statement(external.Value, suppressed.MayBeWrittenTo(freeze, "member.hash", Audience.ListOfCampaign));
            frozenRows = await freeze.ExecuteNonQueryAsync(cancellationToken);
        }
        // Only a holdout, which is the smaller part, is counted; the statement has told how many there are in all.
        await using var count = new NpgsqlCommand("""
            with held as (
                select case when (select holdout > 0 from marketing_ops.campaign_emails where campaign_id = $1)
                            then (select count(*) from marketing_ops.campaign_sends where campaign_id = $1 and state = 'skipped') else 0 end as held_out),
            counted as (select $3 - held_out as recipients, held_out from held)
            update marketing_ops.campaign_sendings sending
            set    frozen_at = now(), environment = (select id from marketing_ops.environment), recipients = counted.recipients, held_out = counted.held_out,
                   late_after = now() + coalesce((
                       select make_interval(secs => least(8760, greatest(0, (settings -> 'sending' ->> 'latest_after_hours')::double precision)) * 3600)
                       from   marketing_ops.campaign_emails where campaign_id = $1 and jsonb_typeof(settings -> 'sending' -> 'latest_after_hours') = 'number'), $2)
            from   counted where sending.campaign_id = $1
            returning sending.recipients, sending.held_out
            """, connection);
        count.Parameters.AddWithValue(campaignId);
        count.Parameters.AddWithValue(options.Value.LatestAfter);
        count.Parameters.AddWithValue((long)frozenRows);
        Frozen frozen;
        await using (var reader = await count.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            frozen = new Frozen(reader.GetInt64(0), reader.GetInt64(1));
        }
        await observer.ReachedAsync("frozen, not committed", campaignId);
        await transaction.CommitAsync(cancellationToken);
        // Else the planner takes the campaign for one of few rows, and each batch reads all of them.
        if (frozen.Recipients > Few) await ExecuteAsync(connection, "analyze marketing_ops.campaign_sends", [], cancellationToken);
        await observer.ReachedAsync("frozen", campaignId);
        return frozen;
    }

    // Two runs at once: the second waits here and finds the work done.
    private static async Task<Frozen?> HoldAsync(NpgsqlConnection connection, Guid campaignId, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "insert into marketing_ops.campaign_sendings (campaign_id) values ($1) on conflict do nothing", [campaignId], cancellationToken);
        await using var command = new NpgsqlCommand("select frozen_at is not null, recipients, held_out from marketing_ops.campaign_sendings where campaign_id = $1 for update", connection) { CommandTimeout = MaxSeconds + 5 };
        command.Parameters.AddWithValue(campaignId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0) ? new Frozen(reader.GetInt64(1), reader.GetInt64(2)) : null;
    }

    // An address is taken by its form alone: something, one @, and a domain with a dot. Names of columns come from the checked mapping. In the order of the
    // contacts, which workers then follow: neighbours in the ledger are neighbours in its indexes, so that fewer pages are written at the freeze and with every batch.
    private static string Statement(ExternalTables tables, string mayBeWrittenTo) => $"""
        with members as materialized (
            select distinct on (hash) contact.{tables.ContactId} as contact_id, hash
            from   marketing.campaigns campaign
            join   marketing.segment_members member on member.segment_id = campaign.segment_id and member.removed_at is null
            join   {tables.Contacts} contact on contact.{tables.ContactId} = member.contact_id,
            lateral (select marketing_ops.address_hash(contact.{tables.ContactEmail}) as hash) hashed
            where  campaign.id = $1 and contact.{tables.ContactMarketingConsent} and {Audience.IsAddress($"contact.{tables.ContactEmail}")}
            order  by hash, contact_id)
        insert into marketing_ops.campaign_sends (campaign_id, contact_id, variant, state, reason)
        select $1, contact_id, coalesce(range.variant, $2), case when range.variant is null then 'skipped' else 'queued' end, case when range.variant is null then $2 end
        from   (select contact_id, hash, marketing_ops.campaign_bucket($1, contact_id) as bucket from members) member
        left   join marketing_ops.campaign_variant_ranges range on range.campaign_id = $1 and member.bucket >= range.from_share and member.bucket < range.until_share
        where  {mayBeWrittenTo}
        order  by contact_id
        on conflict do nothing
        """;

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = MaxSeconds + 5 };
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>What a freeze fixed.</summary>
/// <param name="Recipients">Who gets the campaign.</param>
/// <param name="HeldOut">Who gets nothing, for comparison.</param>
internal sealed record Frozen(long Recipients, long HeldOut);
