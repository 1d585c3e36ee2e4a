using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>
/// Runs a blob-triggered function for each new version of a blob: a scan compares containers with receipts and puts what is new on a queue, a
/// listener of that queue invokes the function.
/// </summary>
internal sealed class BlobTrigger(BlobServiceClient blobs, QueueServiceClient queues, Function function, int maxDequeueCount, InvokeHandler invoke)
{
    private const string HostId = "marketing-devhost";
    private const string PoisonQueue = "webjobs-blobtrigger-poison";
    private static readonly TimeSpan ScanEvery = TimeSpan.FromSeconds(1);

    private readonly string containerName = function.Text("path")!.Split('/')[0];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>Scans and listens until told to stop.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        ScanAsync(cancellationToken),
        new QueueListener(queues, WorkQueueName, maxDequeueCount, InvokeAsync, PoisonAsync).RunAsync(cancellationToken));

    private static string WorkQueueName => $"azure-webjobs-blobtrigger-{HostId}";

    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        var receipts = blobs.GetBlobContainerClient("azure-webjobs-hosts");
        var work = queues.GetQueueClient(WorkQueueName);
        using var timer = new PeriodicTimer(ScanEvery);
        var isPrepared = false;
        try
        {
            do
            {
                try
                {
                    if (!isPrepared)
                    {
                        await receipts.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                        await work.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                        isPrepared = true;
                    }
                    await ScanOnceAsync(receipts, work, cancellationToken);
                }
                catch (Azure.RequestFailedException)
                {
                    // The container may not exist yet, or the storage is busy: the next scan looks again.
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    // The message before the receipt: a crash between them brings the blob twice, never not at all.
    private async Task ScanOnceAsync(BlobContainerClient receipts, QueueClient work, CancellationToken cancellationToken)
    {
        await foreach (var blob in blobs.GetBlobContainerClient(containerName).GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: null, cancellationToken))
        {
            var etag = blob.Properties.ETag!.Value.ToString("H");
            var receiptName = $"blobreceipts/{HostId}/Host.Functions.{function.Name}/{etag}/{containerName}/{blob.Name}";
            if (!seen.Add(receiptName)) continue;
            var receipt = receipts.GetBlobClient(receiptName);
            if (await receipt.ExistsAsync(cancellationToken)) continue;
            await work.SendMessageAsync(Message(blob.Name, etag).ToJsonString(), cancellationToken);
            await receipt.UploadAsync(BinaryData.Empty, overwrite: true, cancellationToken);
        }
    }

    private JsonObject Message(string blobName, string etag) => new()
    {
        ["Type"] = "BlobTrigger",
        ["FunctionId"] = $"Host.Functions.{function.Name}",
        ["BlobType"] = "BlockBlob",
        ["ContainerName"] = containerName,
        ["BlobName"] = blobName,
        ["ETag"] = etag,
    };

    private async Task<bool> InvokeAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        var name = JsonSerializer.Deserialize<JsonElement>(message.Body.ToString()).GetProperty("BlobName").GetString()!;
        var blob = blobs.GetBlobContainerClient(containerName).GetBlobClient(name);
        // A blob that is gone has nothing to tell; the real host drops the message too.
        if (!await blob.ExistsAsync(cancellationToken)) return true;
        return await invoke.RunAsync(
            function.Name,
            new JsonObject { [function.Binding] = new JsonObject { ["Version"] = "1.0", ["Source"] = "AzureStorageBlobs" } },
            new JsonObject { ["Uri"] = InvokeHandler.Wrap(blob.Uri.AbsoluteUri), ["name"] = InvokeHandler.Wrap(name) },
            cancellationToken);
    }

    private async Task PoisonAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        var poison = queues.GetQueueClient(PoisonQueue);
        await poison.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await poison.SendMessageAsync(message.Body, cancellationToken: cancellationToken);
    }
}
