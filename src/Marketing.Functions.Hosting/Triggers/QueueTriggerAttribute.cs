namespace Marketing.Functions.Hosting;

/// <summary>Starts a function by a message of a storage queue. Same shape as the attribute of the isolated worker.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class QueueTriggerAttribute(string queueName) : Attribute
{
    /// <summary>Name of the queue.</summary>
    public string QueueName { get; } = queueName;

    /// <summary>Name of the storage setting; <c>AzureWebJobsStorage</c> when null.</summary>
    public string? Connection { get; set; }
}
