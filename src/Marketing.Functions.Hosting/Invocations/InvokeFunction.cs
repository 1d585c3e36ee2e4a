using System.Reflection;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Hosting;

/// <summary>Calls a function's method on an instance of its class, made in the scope of the invocation.</summary>
internal static class InvokeFunction
{
    /// <summary>Runs a queue, blob or timer function.</summary>
    public static Task RunAsync(FunctionDescriptor function, InvocationPayload payload, IServiceProvider scope, CancellationToken cancellationToken)
    {
        var binding = function.TriggerParameter.Name!;
        object trigger = function.Trigger switch
        {
            TimerTriggerAttribute => payload.Timer(binding),
            BlobTriggerAttribute => OpenBlob(payload.BlobUri(), scope),
            QueueTriggerAttribute => payload.Text(binding),
            var other => throw new InvalidOperationException($"{other.GetType().Name} does not start by an invocation."),
        };
        return CallAsync(function, trigger, scope, cancellationToken);
    }

    /// <summary>Runs an HTTP function.</summary>
    public static Task RunAsync(FunctionDescriptor function, HttpContext context) =>
        CallAsync(function, context.Request, context.RequestServices, context.RequestAborted);

    private static BlobClient OpenBlob(Uri address, IServiceProvider scope)
    {
        var blob = new BlobUriBuilder(address);
        return scope.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(blob.BlobContainerName).GetBlobClient(blob.BlobName);
    }

    private static async Task CallAsync(FunctionDescriptor function, object trigger, IServiceProvider scope, CancellationToken cancellationToken)
    {
        var arguments = function.Method.GetParameters().Select(parameter =>
            parameter == function.TriggerParameter ? trigger
            : parameter.ParameterType == typeof(CancellationToken) ? cancellationToken
            : scope.GetRequiredService(parameter.ParameterType)).ToArray();
        var instance = ActivatorUtilities.CreateInstance(scope, function.Method.DeclaringType!);
        await using var disposal = instance as IAsyncDisposable;
        if (function.Method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null) is Task running) await running;
    }
}
