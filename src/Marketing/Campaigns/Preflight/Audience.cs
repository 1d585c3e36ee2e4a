using System.Text.Json;
using Marketing.Campaigns.Messages;
using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Campaigns.Preflight;

/// <summary>
/// Who a campaign would reach now, and why the others not: members of its segment with consent and an address, one an address, without those who asked not to be
/// written to. The rules are those by which the sender freezes recipients. Set-based, and written nowhere.
/// </summary>
internal sealed class Audience(NpgsqlDataSource database, IOptions<ExternalTables> external, ContactFacts facts)
{
    private const int MaxSeconds = 60;
    private static readonly string[] Roles = ["abuse", "admin", "administrator", "billing", "contact", "help", "hostmaster", "info", "mail", "marketing", "no-reply", "noreply", "office", "postmaster", "root", "sales", "security", "spam", "support", "webmaster"];

    // Sources of addresses that live for minutes. Far from all of them: a hint, not a filter.
    private static readonly string[] Disposable = ["10minutemail.com", "dispostable.com", "fakeinbox.com", "getnada.com", "guerrillamail.com", "maildrop.cc", "mailinator.com", "sharklasers.com", "temp-mail.org", "tempmail.com", "throwawaymail.com", "trashmail.com", "yopmail.com"];

    // Columns: id, email, reason; reason is null for who gets the campaign. Names of tables and columns come from the checked mapping.
    private string Members => $"""
        members as materialized (
            select contact.{external.Value.ContactId} as id, contact.{external.Value.ContactEmail} as email, coalesce(contact.{external.Value.ContactMarketingConsent}, false) as consent,
                   sha256(convert_to(lower(btrim(contact.{external.Value.ContactEmail})), 'UTF8')) as hash
            from   marketing.campaigns campaign
            join   marketing.segment_members member on member.segment_id = campaign.segment_id and member.removed_at is null
            join   {external.Value.Contacts} contact on contact.{external.Value.ContactId} = member.contact_id
            where  campaign.id = $1),
        judged as materialized (
            select id, email, hash, case
                when email is null or email !~ '^\s*[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+\s*$' then 'no_address'
                when not consent then 'no_consent'
                when exists (select from marketing_ops.suppressions s where s.address_hash = members.hash and s.lifted_at is null and (s.expires_at is null or s.expires_at > now())
                             and (s.scope = 'all' or (s.scope = 'channel' and s.scope_value = 'email') or (s.scope = 'list' and s.scope_value = (select list from marketing_ops.campaign_emails where campaign_id = $1)))) then 'suppressed'
                end as barred
            from members),
        audience as materialized (
            select id, email, case
                when barred is not null then barred
                when row_number() over (partition by hash, barred is null order by id) > 1 then 'same_address'
                when not exists (select from marketing_ops.campaign_variant_ranges range where range.campaign_id = $1 and bucket >= range.from_share and bucket < range.until_share) then 'holdout'
                end as reason
            from judged, lateral (select marketing_ops.campaign_bucket($1, id) as bucket) placed)
        """;

    /// <summary>How many there are for each reason; the key is empty for those who get the campaign.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(Guid campaign, CancellationToken cancellationToken)
    {
        await using var command = Command($"with {Members} select coalesce(json_object_agg(coalesce(reason, ''), n), '{{}}')::text from (select reason, count(*) as n from audience group by reason) counted", campaign);
        return JsonSerializer.Deserialize<Dictionary<string, long>>((string)(await command.ExecuteScalarAsync(cancellationToken))!)!;
    }

    /// <summary>Some who get the campaign, in the order of their ids.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Email, string Variant)>> SampleAsync(Guid campaign, int count, CancellationToken cancellationToken)
    {
        await using var command = Command($"""
            with {Members}, chosen as (select id, email from audience where reason is null order by id limit $2)
            select id, email, range.variant from chosen join marketing_ops.campaign_variant_ranges range on range.campaign_id = $1
            and marketing_ops.campaign_bucket($1, id) >= range.from_share and marketing_ops.campaign_bucket($1, id) < range.until_share order by id
            """, campaign);
        command.Parameters.AddWithValue(count);
        var sample = new List<(Guid, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) sample.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2)));
        return sample;
    }

    /// <summary>How many recipients lack each field, and how many have addresses of a role or of a domain for throw-away addresses.</summary>
    public async Task<AudienceQuality> QualityAsync(Guid campaign, IReadOnlyCollection<string> fields, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        var known = fields.Where(facts.Fields.Contains).ToArray();
        var missing = string.Concat(known.Select(field => $", count(*) filter (where nullif(btrim(contact.{field}::text), '') is null)"));
        await using var command = Command($"""
            with {Members}
            select count(*), count(*) filter (where split_part(lower(btrim(audience.email)), '@', 1) = any($2)), count(*) filter (where split_part(lower(btrim(audience.email)), '@', 2) = any($3)){missing}
            from   audience join {tables.Contacts} contact on contact.{tables.ContactId} = audience.id where reason is null
            """, campaign);
        command.Parameters.Add(new() { Value = Roles, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Disposable, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new AudienceQuality(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), known.Select((field, index) => (field, Count: reader.GetInt64(index + 3))).ToDictionary(pair => pair.field, pair => pair.Count, StringComparer.Ordinal));
    }

    /// <summary>A contact's address and facts; null when there is no such contact, or it has no address.</summary>
    public async Task<(string Email, IReadOnlyDictionary<string, object?> Facts)?> ContactAsync(Guid contact, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using var command = database.CreateCommand($"select c.{tables.ContactEmail}, {facts.Select("c")} from {tables.Contacts} c where c.{tables.ContactId} = $1 and c.{tables.ContactEmail} is not null");
        command.Parameters.AddWithValue(contact);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), ContactFacts.Read(reader.GetString(1))) : null;
    }

    private NpgsqlCommand Command(string sql, Guid campaign)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = MaxSeconds;
        command.Parameters.AddWithValue(campaign);
        return command;
    }
}

/// <summary>What is known of the recipients.</summary>
/// <param name="Recipients">How many.</param>
/// <param name="Roles">Addresses such as info@.</param>
/// <param name="Disposable">Addresses of domains for throw-away addresses.</param>
/// <param name="Missing">For each field, how many lack it.</param>
internal sealed record AudienceQuality(long Recipients, long Roles, long Disposable, IReadOnlyDictionary<string, long> Missing);
