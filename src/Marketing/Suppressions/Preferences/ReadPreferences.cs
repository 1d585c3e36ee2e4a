using Marketing.Campaigns.Messages;
using Marketing.Data.External;
using Marketing.Suppressions.Unsubscribe;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Suppressions.Preferences;

/// <summary>What the preference page shows.</summary>
/// <param name="Address">The address with most of its name hidden; null when it is not known any more.</param>
/// <param name="Language">Language of the contact; null when unknown.</param>
/// <param name="Lists">Lists with their titles, and whether the person is on them.</param>
/// <param name="HasLeftEmail">They left all marketing email.</param>
/// <param name="HasLeftAll">They left all marketing, on every channel.</param>
/// <param name="IsBarred">We do not write for another reason, which they cannot lift.</param>
internal sealed record PreferenceState(string? Address, string? Language, IReadOnlyList<(string Name, string Title, bool IsOn)> Lists, bool HasLeftEmail, bool HasLeftAll, bool IsBarred);

/// <summary>Reads what the preference page shows.</summary>
internal sealed class ReadPreferences(NpgsqlDataSource database, IOptions<ExternalTables> external, IOptions<EmailOptions> options)
{
    /// <summary>Reads.</summary>
    public async Task<PreferenceState> RunAsync(Unsubscriber who, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        string? email = null, language = null;
        await using (var contact = new NpgsqlCommand($"select {tables.ContactEmail}, {tables.ContactLanguage} from {tables.Contacts} where {tables.ContactId} = $1", connection) { Parameters = { new() { Value = who.ContactId } } })
        await using (var reader = await contact.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken)) (email, language) = (reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
        }
        var isTheirs = email is not null && SuppressContact.HashOf(email).AsSpan().SequenceEqual(who.AddressHash);
        var left = new HashSet<(string, string)>();
        var isBarred = false;
        await using (var ledger = new NpgsqlCommand("""
            select scope, scope_value, reason = 'unsubscribe' and (source in ('one_click', 'preferences') or source like 'webhook:%')
            from   marketing_ops.suppressions where address_hash = $1 and lifted_at is null and (expires_at is null or expires_at > now())
            """, connection) { Parameters = { new() { Value = who.AddressHash } } })
        await using (var reader = await ledger.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetBoolean(2) || reader.GetString(0) == "list") left.Add((reader.GetString(0), reader.GetString(1)));
                else if (reader.GetString(0) == "all" || (reader.GetString(0), reader.GetString(1)) == ("channel", "email")) isBarred = true;
            }
        }
        var lists = options.Value.KnownLists.ToList();
        if (who.List.Length > 0 && lists.All(list => list.Name != who.List)) lists.Add((who.List, char.ToUpperInvariant(who.List[0]) + who.List[1..].Replace('_', ' ').Replace('-', ' ')));
        return new PreferenceState(isTheirs ? Masked(email!) : null, language, [.. lists.Select(list => (list.Name, list.Title, !left.Contains(("list", list.Name))))], left.Contains(("channel", "email")), left.Contains(("all", "")), isBarred);
    }

    // Enough to recognise one's own, too little to learn another's from a forwarded message.
    private static string Masked(string email) => email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{email[0]}•••{email[at..]}" : "•••";
}
