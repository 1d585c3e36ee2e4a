using System.Globalization;
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
    private const int MaxSeconds = 120;
    private static readonly string[] Roles = ["abuse", "admin", "administrator", "billing", "contact", "help", "hostmaster", "info", "mail", "marketing", "no-reply", "noreply", "office", "postmaster", "root", "sales", "security", "spam", "support", "webmaster"];

    // Sources of addresses that live for minutes. Far from all of them: a hint, not a filter.
    private static readonly string[] Disposable = ["10minutemail.com", "dispostable.com", "fakeinbox.com", "getnada.com", "guerrillamail.com", "maildrop.cc", "mailinator.com", "sharklasers.com", "temp-mail.org", "tempmail.com", "throwawaymail.com", "trashmail.com", "yopmail.com"];

    // The first members by id that a sample looks at, for each that it wants.
    private const int SliceFactor = 20;

    /// <summary>SQL of the list of the campaign <c>$1</c>.</summary>
    public const string ListOfCampaign = "(select list from marketing_ops.campaign_emails where campaign_id = $1)";

    /// <summary>SQL that holds for a text with the form of one address: something, one @, and a domain with a dot.</summary>
    public static string IsAddress(string column) => $"""{column} ~ '^\s*[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+\s*$'""";

    // "audience" has the columns id, email, missing, variant, reason; reason is null for who gets the campaign. Names of tables and columns come from the checked mapping.
    // Everything is joined, nothing asked row by row: a segment may have a million members. A slice is of the smallest ids, so that one an address is the same as of all.
    private string Members(NpgsqlCommand command, IReadOnlyCollection<string> fields, int? slice = null) => $"""
        members as materialized (
            select contact.{external.Value.ContactId} as id, contact.{external.Value.ContactEmail} as email, coalesce(contact.{external.Value.ContactMarketingConsent}, false) as consent,
                   marketing_ops.address_hash(contact.{external.Value.ContactEmail}) as hash, array[{string.Join(", ", fields.Select(field => $"nullif(btrim(contact.{field}::text), '') is null"))}]::boolean[] as missing
            from   marketing.segment_members member
            join   {external.Value.Contacts} contact on contact.{external.Value.ContactId} = member.contact_id
            where  member.segment_id = (select segment_id from marketing.campaigns where id = $1) and member.removed_at is null
            {(slice is null ? "" : string.Create(CultureInfo.InvariantCulture, $"order by member.contact_id limit {slice}"))}),
        free as materialized (select id from members where {suppressed.MayBeWrittenTo(command, "members.hash", ListOfCampaign)}),
        judged as (
            select id, email, hash, missing, marketing_ops.campaign_bucket($1, id) as bucket, case
                when email is null or not {IsAddress("email")} then 'no_address'
                when not consent then 'no_consent'
                when free.id is null then 'suppressed'
                end as barred
            from members left join free using (id)),
        ranges as materialized (select variant, from_share, until_share from marketing_ops.campaign_variant_ranges where campaign_id = $1),
        audience as materialized (
            select id, email, missing, ranges.variant, case
                when barred is not null then barred
                when row_number() over (partition by hash, barred is null order by id) > 1 then 'same_address'
                when ranges.variant is null then 'holdout'
                end as reason
            from judged left join ranges on bucket >= from_share and bucket < until_share)
        """;

    /// <summary>Some who get the campaign, in the order of their ids.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Email, string Variant)>> SampleAsync(Guid campaign, int count, CancellationToken cancellationToken)
    {
        var sample = await SampleAsync(campaign, count, count * SliceFactor, cancellationToken);
        return sample.Count == count ? sample : await SampleAsync(campaign, count, slice: null, cancellationToken);
    }

    private async Task<List<(Guid Id, string Email, string Variant)>> SampleAsync(Guid campaign, int count, int? slice, CancellationToken cancellationToken)
    {
        await using var command = Command(campaign, count);
        command.CommandText = $"with {Members(command, [], slice)} select id, email, variant from audience where reason is null order by id limit $2";
        var sample = new List<(Guid, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) sample.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2)));
        return sample;
    }

    /// <summary>Ids of keys that the ring lacks and without which the erased are not recognised among the recipients.</summary>
    public Task<IReadOnlyList<string>> LostKeysAsync(CancellationToken cancellationToken) => suppressed.MissingKeysAsync(database, cancellationToken);

    /// <summary>How many get the campaign, how many do not and why, and what the recipients' contacts lack; in one pass.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="fields">Fields of the contact to look at; those that templates may not use are left out.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<AudienceFacts> CountAsync(Guid campaign, IReadOnlyCollection<string> fields, CancellationToken cancellationToken)
    {
        var known = fields.Where(facts.Fields.Contains).ToArray();
        await using var command = Command(campaign, Roles, Disposable);
        command.CommandText = $"""
            with {Members(command, known)}
            select reason, count(*), count(*) filter (where split_part(lower(btrim(email)), '@', 1) = any($2)), count(*) filter (where split_part(lower(btrim(email)), '@', 2) = any($3)){string.Concat(known.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $", count(*) filter (where missing[{index + 1}])")))}
            from   audience group by reason
            """;
        var leftOut = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var counted = new AudienceFacts(0, leftOut, 0, 0, new Dictionary<string, long>());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0)) counted = new AudienceFacts(reader.GetInt64(1), leftOut, reader.GetInt64(2), reader.GetInt64(3), known.Select((field, index) => (field, Count: reader.GetInt64(index + 4))).ToDictionary(pair => pair.field, pair => pair.Count, StringComparer.Ordinal));
            else leftOut[reader.GetString(0)] = reader.GetInt64(1);
        }
        return counted;
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

/// <summary>What is known of those whom a campaign is for.</summary>
/// <param name="Recipients">How many get it.</param>
/// <param name="LeftOut">How many do not, by reason.</param>
/// <param name="Roles">Recipients with addresses such as info@.</param>
/// <param name="Disposable">Recipients with addresses of domains for throw-away addresses.</param>
/// <param name="Missing">For each field, how many recipients lack it.</param>
internal sealed record AudienceFacts(long Recipients, IReadOnlyDictionary<string, long> LeftOut, long Roles, long Disposable, IReadOnlyDictionary<string, long> Missing);
