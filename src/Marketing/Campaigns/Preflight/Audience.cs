using System.Text.Json;
using Marketing.Campaigns.Messages;
using Marketing.Data.External;
using Marketing.Suppressions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Preflight;

/// <summary>
/// Who a campaign would reach now, and why the others not: members of its segment with consent and an address, one an address, without those who asked not to be
/// written to. The rules are those by which the sender freezes recipients. Set-based, and written nowhere.
/// </summary>
internal sealed class Audience(NpgsqlDataSource database, IOptions<ExternalTables> external, ContactFacts facts, Suppressed suppressed)
{
    private const int MaxSeconds = 60;
    private static readonly string[] Roles = ["abuse", "admin", "administrator", "billing", "contact", "help", "hostmaster", "info", "mail", "marketing", "no-reply", "noreply", "office", "postmaster", "root", "sales", "security", "spam", "support", "webmaster"];

    // Sources of addresses that live for minutes. Far from all of them: a hint, not a filter.
    private static readonly string[] Disposable = ["10minutemail.com", "dispostable.com", "fakeinbox.com", "getnada.com", "guerrillamail.com", "maildrop.cc", "mailinator.com", "sharklasers.com", "temp-mail.org", "tempmail.com", "throwawaymail.com", "trashmail.com", "yopmail.com"];

    // Columns: id, email, reason; reason is null for who gets the campaign. Names of tables and columns come from the checked mapping.
    private string Members(NpgsqlCommand command) => $"""
        members as materialized (
            select contact.{external.Value.ContactId} as id, contact.{external.Value.ContactEmail} as email, coalesce(contact.{external.Value.ContactMarketingConsent}, false) as consent,
                   marketing_ops.address_hash(contact.{external.Value.ContactEmail}) as hash
            from   marketing.campaigns campaign
            join   marketing.segment_members member on member.segment_id = campaign.segment_id and member.removed_at is null
            join   {external.Value.Contacts} contact on contact.{external.Value.ContactId} = member.contact_id
            where  campaign.id = $1),
        judged as materialized (
            select id, email, hash, case
                when email is null or not {IsAddress("email")} then 'no_address'
                when not consent then 'no_consent'
                when not ({suppressed.MayBeWrittenTo(command, "members.hash", ListOfCampaign)}) then 'suppressed'
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

    /// <summary>SQL of the list of the campaign <c>$1</c>.</summary>
    public const string ListOfCampaign = "(select list from marketing_ops.campaign_emails where campaign_id = $1)";

    /// <summary>SQL that holds for a text with the form of one address: something, one @, and a domain with a dot.</summary>
    public static string IsAddress(string column) => $"""{column} ~ '^\s*[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+\s*$'""";

    /// <summary>How many there are for each reason; the key is empty for those who get the campaign.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(Guid campaign, CancellationToken cancellationToken)
    {
        await using var command = Command(campaign);
        command.CommandText = $"with {Members(command)} select coalesce(json_object_agg(coalesce(reason, ''), n), '{{}}')::text from (select reason, count(*) as n from audience group by reason) counted";
        return JsonSerializer.Deserialize<Dictionary<string, long>>((string)(await command.ExecuteScalarAsync(cancellationToken))!)!;
    }

    /// <summary>Some who get the campaign, in the order of their ids.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Email, string Variant)>> SampleAsync(Guid campaign, int count, CancellationToken cancellationToken)
    {
        await using var command = Command(campaign, count);
        command.CommandText = $"""
            with {Members(command)}, chosen as (select id, email from audience where reason is null order by id limit $2)
            select id, email, range.variant from chosen join marketing_ops.campaign_variant_ranges range on range.campaign_id = $1
            and marketing_ops.campaign_bucket($1, id) >= range.from_share and marketing_ops.campaign_bucket($1, id) < range.until_share order by id
            """;
        var sample = new List<(Guid, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) sample.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2)));
        return sample;
    }

    /// <summary>Ids of keys that the ring lacks and without which the erased are not recognised among the recipients.</summary>
    public Task<IReadOnlyList<string>> LostKeysAsync(CancellationToken cancellationToken) => suppressed.MissingKeysAsync(database, cancellationToken);

    /// <summary>How many recipients lack each field, and how many have addresses of a role or of a domain for throw-away addresses.</summary>
    public async Task<AudienceQuality> QualityAsync(Guid campaign, IReadOnlyCollection<string> fields, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        var known = fields.Where(facts.Fields.Contains).ToArray();
        var missing = string.Concat(known.Select(field => $", count(*) filter (where nullif(btrim(contact.{field}::text), '') is null)"));
        await using var command = Command(campaign, Roles, Disposable);
        command.CommandText = $"""
            with {Members(command)}
            select count(*), count(*) filter (where split_part(lower(btrim(audience.email)), '@', 1) = any($2)), count(*) filter (where split_part(lower(btrim(audience.email)), '@', 2) = any($3)){missing}
            from   audience join {tables.Contacts} contact on contact.{tables.ContactId} = audience.id where reason is null
            """;
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

    private NpgsqlCommand Command(params object[] values)
    {
        var command = database.CreateCommand();
        command.CommandTimeout = MaxSeconds;
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return command;
    }
}

/// <summary>What is known of the recipients.</summary>
/// <param name="Recipients">How many.</param>
/// <param name="Roles">Addresses such as info@.</param>
/// <param name="Disposable">Addresses of domains for throw-away addresses.</param>
/// <param name="Missing">For each field, how many lack it.</param>
internal sealed record AudienceQuality(long Recipients, long Roles, long Disposable, IReadOnlyDictionary<string, long> Missing);
