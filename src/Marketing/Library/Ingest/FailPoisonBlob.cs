using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Library.Ingest;

/// <summary>
/// Marks an asset whose ingest failed so often that the Functions host gave up: the row must not stay in processing for ever. Where no attempt
/// was counted it was a storage or a scanner that did not answer, and the sweep goes on; what another worker holds is left to it.
/// </summary>
public sealed partial class FailPoisonBlob(NpgsqlDataSource database, ILogger<FailPoisonBlob> log)
{
    /// <summary>Reads the host's message, JSON with ContainerName and BlobName, and marks row and ledger.</summary>
    /// <exception cref="NpgsqlException">The database failed; the message will come again.</exception>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        if (Read(message) is not { } blob)
        {
            LogUnreadable(message.Length);
            return;
        }
        await using var command = database.CreateCommand("""
            with failed as (
                update marketing_ops.ingested_blobs
                set    state = 'error', reason = 'Ingesting it failed again and again; the log tells why. Upload it again.', finished_at = now(), leased_until = null, lease_token = null
                where  container = $1 and blob_name = $2 and state = 'processing' and attempts > 0 and (leased_until is null or leased_until < now())
                returning asset_id
            )
            update marketing.content_library set status = 'error' from failed where id = failed.asset_id
            """);
        command.Parameters.AddWithValue(blob.Container);
        command.Parameters.AddWithValue(blob.Name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static (string Container, string Name)? Read(string message)
    {
        try
        {
            using var json = JsonDocument.Parse(message);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("ContainerName", out var container) && root.TryGetProperty("BlobName", out var name)
                ? (container.ToString(), name.ToString())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(300, LogLevel.Warning, "A poison message of {Length} characters does not name a blob")]
    private partial void LogUnreadable(int length);
}
