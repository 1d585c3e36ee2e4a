using System.Globalization;
using System.Net;
using System.Text;
using Marketing.Identity;
using Marketing.Operations.Outbound;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Social.Notifications;

/// <summary>
/// Delivers events to the endpoints that asked for them: at least once, each signed, again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h
/// when it fails, then given up. Any number may run at once.
/// </summary>
public sealed partial class DeliverNotifications(NpgsqlDataSource database, OutboundHttp http, TokenVault vault, TimeProvider clock, ILogger<DeliverNotifications> logger)
{
    private const int Batch = 100;
    private const int AtOnce = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    // The schedule that the Standard Webhooks specification recommends.
    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(10)];

    /// <summary>Delivers what is due.</summary>
    /// <returns>The number of tries.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var due = await TakeAsync(cancellationToken);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, DeliverAsync);
        return due.Count;
    }

    private async Task<List<Delivery>> TakeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with due as materialized (
                select delivery.event_id, delivery.endpoint_id from marketing_ops.notification_deliveries delivery
                join   marketing_ops.notification_endpoints endpoint on endpoint.id = delivery.endpoint_id and endpoint.is_active
                where  delivery.state = 'pending' and delivery.next_at <= now() and (delivery.leased_until is null or delivery.leased_until < now())
                order  by delivery.next_at limit $1 for update of delivery skip locked)
            update marketing_ops.notification_deliveries delivery set leased_until = now() + interval '5 minutes', attempts = delivery.attempts + 1
            from   due join marketing_ops.notification_endpoints endpoint on endpoint.id = due.endpoint_id join marketing_ops.notification_events event on event.id = due.event_id
            where  delivery.event_id = due.event_id and delivery.endpoint_id = due.endpoint_id
            returning event.id, event.type, event.data::text, event.created_at, endpoint.id, endpoint.url, endpoint.secret, delivery.attempts
            """);
        command.Parameters.AddWithValue(Batch);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<Delivery>();
        while (await reader.ReadAsync(cancellationToken))
            due.Add(new Delivery(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetGuid(4), reader.GetString(5), reader.GetString(6), reader.GetInt32(7)));
        return due;
    }

    private async ValueTask DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var (status, error) = await SendAsync(delivery, cancellationToken);
        var isDelivered = status is >= 200 and < 300;
        // 410 means that the receiver is gone for good.
        var isGone = status == (int)HttpStatusCode.Gone;
        var wait = !isDelivered && !isGone && delivery.Attempts <= Waits.Length ? Waits[delivery.Attempts - 1] : (TimeSpan?)null;
        await using var command = database.CreateCommand("""
            with gone as (
                update marketing_ops.notification_endpoints set is_active = false, inactive_reason = 'It answered 410 Gone.' where id = $2 and $6)
            update marketing_ops.notification_deliveries
            set    state = case when $3 then 'delivered' when $4::interval is null then 'failed' else 'pending' end, leased_until = null, next_at = now() + coalesce($4, interval '0'),
                   last_status = $5, last_error = $7, delivered_at = case when $3 then now() end
            where  event_id = $1 and endpoint_id = $2
            """);
        command.Parameters.AddWithValue(delivery.EventId);
        command.Parameters.AddWithValue(delivery.EndpointId);
        command.Parameters.AddWithValue(isDelivered);
        command.Parameters.Add(new() { Value = (object?)wait ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = (object?)status ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer });
        command.Parameters.AddWithValue(isGone);
        command.Parameters.Add(new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (!isDelivered) NotDelivered(logger, delivery.EventId, delivery.EndpointId, delivery.Attempts, status, wait);
    }

    private async Task<(int? Status, string? Error)> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var body = $"{{\"type\":\"{delivery.Type}\",\"timestamp\":\"{delivery.CreatedAt.UtcDateTime:O}\",\"data\":{delivery.Data}}}";
        var at = clock.GetUtcNow();
        using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            request.Headers.Add("webhook-id", delivery.EventId.ToString("D"));
            request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", SignNotification.Run(vault.Open(delivery.Secret, "notification_endpoints", "secret", delivery.EndpointId), delivery.EventId, at, body));
            using var response = await http.SendAsync(request, limit.Token);
            return ((int)response.StatusCode, response.IsSuccessStatusCode ? null : $"It answered {(int)response.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or OutboundRefusedException or System.Security.Cryptography.CryptographicException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, failure is OperationCanceledException ? $"No answer within {Limit.TotalSeconds:0} s." : failure is OutboundRefusedException ? failure.Message : $"It could not be reached ({failure.GetType().Name}).");
        }
    }

    private sealed record Delivery(Guid EventId, string Type, string Data, DateTimeOffset CreatedAt, Guid EndpointId, string Url, string Secret, int Attempts);

    [LoggerMessage(4130, LogLevel.Warning, "Event {EventId} was not delivered to endpoint {EndpointId}, try {Attempt}, status {Status}; again after {Wait}")]
    private static partial void NotDelivered(ILogger logger, Guid eventId, Guid endpointId, int attempt, int? status, TimeSpan? wait);
}
