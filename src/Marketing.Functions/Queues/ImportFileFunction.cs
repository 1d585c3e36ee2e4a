using Marketing.Library.Imports;

namespace Marketing.Functions.Queues;

/// <summary>Fetches files into the library.</summary>
public sealed class ImportFileFunction(ImportFile import)
{
    [Function("import_file")]
    public Task RunAsync([QueueTrigger("import-file", Connection = "AzureWebJobsStorage")] string message, CancellationToken cancellationToken) =>
        import.RunAsync(Guid.Parse(message), cancellationToken);
}
