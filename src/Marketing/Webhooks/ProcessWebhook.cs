using System.Text.Json;
using Marketing.Webhooks.Events;
using Npgsql;

namespace Marketing.Webhooks;

/// <summary>
/// Processes one delivery of the inbox in one transaction: its events and its new state are stored together or not at all, so that a worker
/// killed at any moment leaves it as it was. A row that another worker holds is left to that worker.
/// </summary>
public sealed class ProcessWebhook
{
    private readonly NpgsqlDataSource database;
    private readonly RecordEvents record;
    private readonly Dictionary<string, IEmailProvider> providers;

    internal ProcessWebhook(NpgsqlDataSource database, RecordEvents record, IEnumerable<IEmailProvider> providers) =>
        (this.database, this.record, this.providers) = (database, record, providers.ToDictionary(provider => provider.Name));

    /// <summary>Processes the delivery unless that has been done.</summary>
    /// <exception cref="NpgsqlException">The database failed; the message will come again.</exception>
    public async Task RunAsync(Guid deliveryId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, deliveryId, cancellationToken) is not { } delivery) return;
        var (state, reason) = ("processed", (string?)null);
        try
        {
            if (providers.TryGetValue(delivery.Provider, out var provider))
            {
                using var body = JsonDocument.Parse(delivery.Body);
                await record.RunAsync(connection, transaction, delivery.Provider, deliveryId, Read(provider, body.RootElement, delivery.MessageId, delivery.ReceivedAt), cancellationToken);
            }
            else reason = "Kept as received: nothing reads events of this provider yet.";
        }
        catch (JsonException malformed)
        {
            // Genuine by its signature, yet unreadable: trying again would not help.
            (state, reason) = ("failed", malformed.Message);
        }
        await FinishAsync(connection, deliveryId, state, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // Names in a body may be no text either; reading them then throws what no retry mends.
    private static IReadOnlyList<ProviderEvent> Read(IEmailProvider provider, JsonElement body, string? messageId, DateTimeOffset receivedAt)
    {
        try
        {
            return provider.Read(body, messageId, receivedAt);
        }
        catch (InvalidOperationException unreadable)
        {
            throw new JsonException(unreadable.Message, unreadable);
        }
    }

    private static async Task<(string Provider, byte[] Body, DateTimeOffset ReceivedAt, string? MessageId)?> LockAsync(NpgsqlConnection connection, Guid deliveryId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select provider, body, received_at, message_id from marketing_ops.webhook_inbox where id = $1 and state = 'received' for update skip locked
            """, connection);
        command.Parameters.AddWithValue(deliveryId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? null : reader.GetString(3)) : null;
    }

    private static async Task FinishAsync(NpgsqlConnection connection, Guid deliveryId, string state, string? reason, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            update marketing_ops.webhook_inbox set state = $2, reason = $3, processed_at = now(), attempts = attempts + 1 where id = $1
            """, connection);
        foreach (var value in new object[] { deliveryId, state, (object?)reason ?? DBNull.Value }) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
