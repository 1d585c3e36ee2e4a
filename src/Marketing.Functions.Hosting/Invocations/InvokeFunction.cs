using System.Reflection;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Hosting;

/// <summary>
/// Calls a function's method on an instance of its class, made with the services of the invocation. What reflection finds out is found out
/// at the first call.
/// </summary>
internal sealed class InvokeFunction
{
    private readonly FunctionDescriptor function;
    private readonly Lazy<ObjectFactory> create;
    private readonly Lazy<MethodInvoker> method;
    private readonly ParameterInfo[] parameters;

    public InvokeFunction(FunctionDescriptor function)
    {
        this.function = function;
        create = new(() => ActivatorUtilities.CreateFactory(function.Method.DeclaringType!, []));
        method = new(() => MethodInvoker.Create(function.Method));
        parameters = function.Method.GetParameters();
    }

    /// <summary>The function.</summary>
    public FunctionDescriptor Function => function;

    /// <summary>Runs a queue, blob or timer function.</summary>
    public Task RunAsync(InvocationPayload payload, IServiceProvider scope, CancellationToken cancellationToken)
    {
        var binding = function.TriggerParameter.Name!;
        object trigger = function.Trigger switch
        {
            TimerTriggerAttribute => payload.Timer(binding),
            BlobTriggerAttribute => OpenBlob(payload.BlobUri(), scope),
            QueueTriggerAttribute => payload.Text(binding),
            var other => throw new InvalidOperationException($"{other.GetType().Name} does not start by an invocation."),
        };
        return CallAsync(trigger, scope, cancellationToken);
    }

    /// <summary>Runs an HTTP function.</summary>
    public Task RunAsync(HttpContext context) => CallAsync(context.Request, context.RequestServices, context.RequestAborted);

    private static BlobClient OpenBlob(Uri address, IServiceProvider scope)
    {
        var blob = new BlobUriBuilder(address);
        return scope.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(blob.BlobContainerName).GetBlobClient(blob.BlobName);
    }

    private Task CallAsync(object trigger, IServiceProvider scope, CancellationToken cancellationToken)
    {
        var instance = create.Value(scope, []);
        var running = parameters.Length == 1
            ? method.Value.Invoke(instance, trigger)
            : method.Value.Invoke(instance, parameters.Select(parameter => (object?)Argument(parameter, trigger, scope, cancellationToken)).ToArray().AsSpan());
        return instance is IAsyncDisposable disposable ? FinishAsync(running as Task, disposable) : running as Task ?? Task.CompletedTask;
    }

    private object Argument(ParameterInfo parameter, object trigger, IServiceProvider scope, CancellationToken cancellationToken) =>
        parameter == function.TriggerParameter ? trigger
        : parameter.ParameterType == typeof(CancellationToken) ? cancellationToken
        : scope.GetRequiredService(parameter.ParameterType);

    private static async Task FinishAsync(Task? running, IAsyncDisposable instance)
    {
        await using (instance.ConfigureAwait(false))
        {
            if (running is not null) await running;
        }
    }
}
