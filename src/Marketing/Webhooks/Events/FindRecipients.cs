using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Webhooks.Events;

/// <summary>Whose and which campaign's the events of a batch are.</summary>
/// <param name="Campaign">Row of <c>campaigns</c>; null when the event names none that exists.</param>
/// <param name="Contact">Row of the contacts; null likewise.</param>
/// <param name="Variant">Variant that was sent.</param>
internal sealed record Recipient(Guid? Campaign, Guid? Contact, string? Variant);

/// <summary>
/// Finds campaign and contact of each event of a batch: by the ids that the event carries, by the message it is about, by the address. A few
/// statements a batch, each by an index, except for addresses written in another case than the contact's.
/// </summary>
internal sealed class FindRecipients(IOptions<ExternalTables> external)
{
    /// <summary>One answer an event, in their order.</summary>
    public async Task<IReadOnlyList<Recipient>> RunAsync(NpgsqlConnection connection, string provider, IReadOnlyList<ProviderEvent> events, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        var campaigns = await LookUpAsync(connection, "select id::text, id from marketing.campaigns where id = any((select array_agg(k::uuid) from unnest($1::text[]) k where k ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$')::uuid[]) union all select campaign_id, id from marketing.campaigns where campaign_id = any($1)",
            events.Select(e => Canonical(e.Campaign)), cancellationToken);
        var contacts = await LookUpAsync(connection, $"select {tables.ContactId}::text, {tables.ContactId} from {tables.Contacts} where {tables.ContactId} = any($1::text[]::uuid[])",
            events.Select(e => Guid.TryParse(e.Contact, out var id) ? id.ToString() : null), cancellationToken);
        var messages = await MessagesAsync(connection, provider, events, cancellationToken);
        var nameless = events.Where(e => !contacts.ContainsKey(Canonical(e.Contact) ?? "") && Message(messages, e) is null).Select(e => e.Email).OfType<string>().Distinct().ToList();
        var addresses = await LookUpAsync(connection, $"select {tables.ContactEmail}, {tables.ContactId} from {tables.Contacts} where {tables.ContactEmail} = any($1)", nameless.Concat(nameless.Select(Lower)), cancellationToken);
        var unknown = nameless.Where(email => !addresses.ContainsKey(email) && !addresses.ContainsKey(Lower(email))).Select(Lower).ToList();
        var otherwise = await LookUpAsync(connection, $"select lower({tables.ContactEmail}), {tables.ContactId} from {tables.Contacts} where lower({tables.ContactEmail}) = any($1)", unknown, cancellationToken);

        return [.. events.Select(e =>
        {
            var message = Message(messages, e);
            var contact = Find(contacts, Canonical(e.Contact)) ?? message?.Contact ?? Find(addresses, e.Email) ?? (e.Email is { } email ? Find(addresses, Lower(email)) ?? Find(otherwise, Lower(email)) : null);
            return new Recipient(e.Campaign is null ? message?.Campaign : Find(campaigns, Canonical(e.Campaign)), contact, e.Variant ?? message?.Variant);
        })];
    }

    private static async Task<Dictionary<string, Guid>> LookUpAsync(NpgsqlConnection connection, string sql, IEnumerable<string?> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Guid>(StringComparer.Ordinal);
        var wanted = keys.OfType<string>().Distinct().ToArray();
        if (wanted.Length == 0) return found;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = wanted } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.TryAdd(reader.GetString(0), reader.GetGuid(1));
        return found;
    }

    private static async Task<Dictionary<string, Recipient>> MessagesAsync(NpgsqlConnection connection, string provider, IReadOnlyList<ProviderEvent> events, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Recipient>(StringComparer.Ordinal);
        var wanted = events.Where(e => e.MessageId is not null && (e.Campaign is null || e.Contact is null)).SelectMany(MessageIds).Distinct().ToArray();
        if (wanted.Length == 0) return found;
        await using var command = new NpgsqlCommand("select message_id, campaign_id, contact_id, variant from marketing_ops.sent_messages where provider = $1 and message_id = any($2)", connection);
        command.Parameters.AddWithValue(provider);
        command.Parameters.AddWithValue(wanted);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found[reader.GetString(0)] = new Recipient(reader.GetGuid(1), reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetString(3));
        return found;
    }

    // SendGrid appends a tail for each recipient to the id that it answered a send with.
    private static IEnumerable<string> MessageIds(ProviderEvent e) => e.MessageId!.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? [e.MessageId, e.MessageId[..dot]] : [e.MessageId!];

    private static Recipient? Message(Dictionary<string, Recipient> messages, ProviderEvent e) =>
        e.MessageId is null ? null : MessageIds(e).Select(messages.GetValueOrDefault).FirstOrDefault(found => found is not null);

    private static Guid? Find(Dictionary<string, Guid> known, string? key) => key is not null && known.TryGetValue(key, out var id) ? id : null;

    private static string? Canonical(string? id) => Guid.TryParse(id, out var uuid) ? uuid.ToString() : id;

    private static string Lower(string email) => email.ToLowerInvariant();
}
