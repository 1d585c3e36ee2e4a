using System.Text.Json.Serialization;
using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Operations;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Suppressions.Erasure;

/// <summary>What an erasure did.</summary>
/// <param name="Suppressed">Addresses that are never written to again.</param>
/// <param name="EventsAnonymised">Campaign events that lost what they said about the person.</param>
/// <param name="MembershipsRemoved">Memberships in segments that ended.</param>
/// <param name="TouchpointsRemoved">Touches for attribution that were removed.</param>
internal sealed record Erased(int Suppressed, int EventsAnonymised, int MembershipsRemoved, int TouchpointsRemoved);

[JsonSerializable(typeof(Erased))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ErasureJson : JsonSerializerContext;

/// <summary>
/// Forgets a person in marketing, in one transaction: events keep type, day and variant, which the sums are made of, and lose address, device, place, links and
/// the provider's record; the ledger keeps a hash of the address, so that they are never written to again. The contact itself belongs to another team, and its
/// removal there takes what is left with it. Safe to repeat, which also takes in events that came later.
/// </summary>
internal sealed class EraseContact(NpgsqlDataSource database, IOptions<ExternalTables> external)
{
    /// <summary>Erases a contact, an address, or a contact with an address that it had.</summary>
    public async Task<Erased> RunAsync(Guid? contact, string? email, Caller caller, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var find = new NpgsqlCommand($"select {tables.ContactId}, {tables.ContactEmail} from {tables.Contacts} where {tables.ContactId} = $1 or lower({tables.ContactEmail}) = $2", connection))
        {
            find.Parameters.Add(new() { Value = (object?)contact ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
            find.Parameters.Add(new() { Value = (object?)email?.Trim().ToLowerInvariant() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            var (contacts, hashes) = (new List<Guid>(), new List<byte[]>());
            if (contact is { } known) contacts.Add(known);
            if (email is not null) hashes.Add(SuppressContact.HashOf(email));
            await using (var reader = await find.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    contacts.Add(reader.GetGuid(0));
                    if (!reader.IsDBNull(1)) hashes.Add(SuppressContact.HashOf(reader.GetString(1)));
                }
            }
            var erased = await ForgetAsync(connection, [.. contacts.Distinct()], [.. hashes.DistinctBy(Convert.ToHexString)], cancellationToken);
            await using var audit = new NpgsqlBatch(connection) { BatchCommands = { AuditLog.Command(caller, null, "contacts", [.. contacts.Distinct().Select(id => new AuditLine("erase", id, null))]) } };
            if (contacts.Count > 0) await audit.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return erased;
        }
    }

    private static async Task<Erased> ForgetAsync(NpgsqlConnection connection, Guid[] contacts, byte[][] hashes, CancellationToken cancellationToken)
    {
        // Addresses that the ledger had of the contact before it had this one.
        await using (var more = new NpgsqlCommand("select distinct address_hash from marketing_ops.suppressions where contact_id = any($1)", connection) { Parameters = { new() { Value = contacts } } })
        await using (var reader = await more.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) hashes = [.. hashes, reader.GetFieldValue<byte[]>(0)];
        }
        hashes = [.. hashes.DistinctBy(Convert.ToHexString)];
        await SuppressContact.RunAsync(connection, [.. hashes.Select(hash => new Suppression("", null, "erasure", "erasure") { Hash = hash })], cancellationToken);
        await using var command = new NpgsqlCommand("""
            with events as (
                update marketing.campaign_events
                set    event_data = jsonb_strip_nulls(jsonb_build_object('anonymised', true, 'machine', event_data -> 'machine', 'variant', event_data -> 'variant')), device_type = null, location = null,
                       event_timestamp = date_trunc('day', event_timestamp, 'UTC')
                where  contact_id = any($1) and (event_data ->> 'anonymised') is distinct from 'true'
                returning id),
            records as (update marketing_ops.webhook_events set event = '{}' where campaign_event_id in (select id from events)),
            members as (update marketing.segment_members set removed_at = now() where contact_id = any($1) and removed_at is null returning 1),
            touches as (delete from marketing_ops.touchpoints where contact_id = any($1) returning 1),
            ledger as (update marketing_ops.suppressions set contact_id = null where address_hash = any($2) or contact_id = any($1))
            select (select count(*) from events)::int, (select count(*) from members)::int, (select count(*) from touches)::int
            """, connection);
        command.Parameters.AddWithValue(contacts);
        command.Parameters.AddWithValue(hashes);
        await using var result = await command.ExecuteReaderAsync(cancellationToken);
        await result.ReadAsync(cancellationToken);
        return new Erased(hashes.Length, result.GetInt32(0), result.GetInt32(1), result.GetInt32(2));
    }
}
