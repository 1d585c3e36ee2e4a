namespace Marketing.Functions.Hosting;

/// <summary>Starts a function by a blob that is new or has new content. Same shape as the attribute of the isolated worker.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BlobTriggerAttribute(string blobPath) : Attribute
{
    /// <summary>Container and name pattern, for example <c>uploads/{name}</c>.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>Name of the storage setting; <c>AzureWebJobsStorage</c> when null.</summary>
    public string? Connection { get; set; }

    /// <summary>How the host learns of blobs.</summary>
    public BlobTriggerSource Source { get; set; }
}

/// <summary>How the host learns of blobs.</summary>
public enum BlobTriggerSource
{
    /// <summary>It scans the container and reads the storage logs.</summary>
    LogsAndContainerScan,

    /// <summary>Event Grid tells it; the only source on a Flex Consumption plan.</summary>
    EventGrid,
}
