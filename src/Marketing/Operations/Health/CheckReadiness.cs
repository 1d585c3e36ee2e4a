using Azure;
using Azure.Storage.Blobs;
using Marketing.Data;
using Marketing.Library.Ingest;
using Marketing.Operations.Fence;
using Npgsql;

namespace Marketing.Operations.Health;

/// <summary>Asks what the product cannot work without, and names what it does without.</summary>
internal sealed class CheckReadiness(SchemaVersion schema, EnvironmentFence fence, IServiceProvider services)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The state of the database, of the storage and of the fence, each within 5 seconds.</summary>
    public async Task<IReadOnlyList<Component>> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        return [.. await Task.WhenAll(DatabaseAsync(limit.Token), StorageAsync(limit.Token), FenceAsync(limit.Token)), MediaTools()];
    }

    // Assets are usable without these programs, so they do not make the product unready.
    private Component MediaTools()
    {
        var missing = ((MediaTools)services.GetService(typeof(MediaTools))!).Missing;
        return missing.Count == 0
            ? new Component("media_tools", true, "ffmpeg, ffprobe and pdftoppm are here.")
            : new Component("media_tools", false, $"This machine lacks {string.Join(" and ", missing)}. Assets are usable without; install the programs and retry or retag to get these.") { IsRequired = false, Status = "missing" };
    }

    private async Task<Component> DatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await schema.ReadAsync(cancellationToken);
            return new Component("database", state.IsCurrent, state.Sentence);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return new Component("database", false, "The database does not answer. Check MARKETING_DATABASE and that the server runs.");
        }
        catch (FormatException exception)
        {
            return new Component("database", false, exception.Message);
        }
    }

    // A fenced environment serves its callers all the same: it is ready, and says what it does not do.
    private async Task<Component> FenceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await fence.ReadAsync(cancellationToken);
            return new Component("fence", true, state.Sentence) { Status = state.IsReleased ? "released" : "fenced" };
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or InvalidOperationException or FormatException)
        {
            return new Component("fence", true, "Whose database this is cannot be told while the database or the storage does not answer.") { Status = "unknown" };
        }
    }

    private async Task<Component> StorageAsync(CancellationToken cancellationToken)
    {
        try
        {
            var storage = (BlobServiceClient)services.GetService(typeof(BlobServiceClient))!;
            await storage.GetBlobContainersAsync(cancellationToken: cancellationToken).AsPages(pageSizeHint: 1).GetAsyncEnumerator(cancellationToken).MoveNextAsync();
            return new Component("storage", true, "The storage answers.");
        }
        catch (Exception exception) when (exception is RequestFailedException or AggregateException or OperationCanceledException)
        {
            return new Component("storage", false, "The storage does not answer. Check AzureWebJobsStorage.");
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            return new Component("storage", false, "AzureWebJobsStorage is no storage connection string.");
        }
    }
}

/// <summary>One thing the product needs.</summary>
internal sealed record Component(string Name, bool IsReady, string Sentence)
{
    /// <summary>False when the product is ready without it.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>One word for it.</summary>
    public string Status { get; init; } = IsReady ? "ready" : "not_ready";
}
