using Marketing.Library.Ingest;

namespace Marketing.Functions.Queues;

/// <summary>Marks uploads that the host gave up.</summary>
public sealed class FailPoisonBlobFunction(FailPoisonBlob fail)
{
    [Function("fail_poison_blob")]
    public Task RunAsync([QueueTrigger("webjobs-blobtrigger-poison", Connection = "AzureWebJobsStorage")] string message, CancellationToken cancellationToken) => fail.RunAsync(message, cancellationToken);
}
