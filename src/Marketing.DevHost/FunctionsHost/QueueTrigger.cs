using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>Runs a queue-triggered function for each message of its queue.</summary>
internal sealed class QueueTrigger(QueueServiceClient queues, Function function, int maxDequeueCount, InvokeHandler invoke)
{
    private readonly string queueName = function.Text("queueName")!;

    /// <summary>Listens until told to stop.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        new QueueListener(queues, queueName, maxDequeueCount, InvokeAsync, PoisonAsync).RunAsync(cancellationToken);

    private Task<bool> InvokeAsync(QueueMessage message, CancellationToken cancellationToken) => invoke.RunAsync(
        function.Name,
        new JsonObject { [function.Binding] = InvokeHandler.Wrap(message.Body.ToString()) },
        new JsonObject
        {
            ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
            ["Id"] = InvokeHandler.Wrap(message.MessageId),
            ["PopReceipt"] = InvokeHandler.Wrap(message.PopReceipt),
        },
        cancellationToken);

    private async Task PoisonAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        var poison = queues.GetQueueClient($"{queueName}-poison");
        await poison.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await poison.SendMessageAsync(message.Body, cancellationToken: cancellationToken);
    }
}
