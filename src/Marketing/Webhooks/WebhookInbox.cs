using System.Security.Cryptography;
using System.Text;
using Azure;
using Marketing.Operations;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Webhooks;

/// <summary>Stores verified calls before they are acknowledged. The same body of the same provider is one delivery, however often it comes.</summary>
internal sealed partial class WebhookInbox(NpgsqlDataSource database, WorkQueue queue, ILogger<WebhookInbox> log)
{
    /// <summary>Stores a call and asks for its processing.</summary>
    /// <param name="provider">Who sent it.</param>
    /// <param name="body">The raw body.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <param name="messageId">An id that the sender's signature covers: it then says, instead of the body, what is the same delivery.</param>
    /// <returns>Id of the delivery.</returns>
    /// <exception cref="NpgsqlException">It could not be stored: the sender must not be told otherwise.</exception>
    public async Task<Guid> AcceptAsync(string provider, byte[] body, CancellationToken cancellationToken, string? messageId = null)
    {
        await using var command = database.CreateCommand("""
            with stored as (
                insert into marketing_ops.webhook_inbox (id, provider, body, body_sha256, state, attempts, message_id) values ($1, $2, $3, $4, 'received', 0, $5)
                on conflict (provider, body_sha256) do nothing
                returning id
            )
            select id, true from stored
            union all
            select id, false from marketing_ops.webhook_inbox where provider = $2 and body_sha256 = $4
            limit 1
            """);
        var sameness = SHA256.HashData(messageId is null ? body : Encoding.UTF8.GetBytes($"message {messageId}"));
        foreach (var value in new object[] { UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql), provider, body, sameness }) command.Parameters.AddWithValue(value);
        command.Parameters.Add(new() { Value = (object?)messageId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        Guid id;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            // Neither row is seen when another call stores the same body right now; that call asks for the processing.
            if (!await reader.ReadAsync(cancellationToken)) return Guid.Empty;
            id = reader.GetGuid(0);
            if (!reader.GetBoolean(1)) return id;
        }

        try
        {
            await queue.SendAsync(QueueNames.ProcessWebhook, id, visibleAfter: null, cancellationToken);
        }
        catch (Exception exception) when (exception is RequestFailedException or AggregateException or TaskCanceledException)
        {
            // Stored is enough: the sweep asks again.
            LogQueueDown(id, exception.GetType().Name);
        }
        return id;
    }

    [LoggerMessage(400, LogLevel.Warning, "Webhook {DeliveryId} is stored, but the queue does not answer ({Error}); the sweep will send it")]
    private partial void LogQueueDown(Guid deliveryId, string error);
}
