using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Operations;

/// <summary>Registers storage, queues and the audit log.</summary>
public static class OperationsRegistration
{
    /// <summary>Name of the storage setting, shared with the Functions host.</summary>
    public const string StorageSetting = "AzureWebJobsStorage";

    /// <summary>Blob and queue clients for the account that <see cref="StorageSetting"/> names, and what is built on them.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => new BlobServiceClient(ConnectionString(configuration)));
        services.AddSingleton(_ => new QueueServiceClient(
            ConnectionString(configuration), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }));
        services.AddSingleton<WorkQueue>();
        services.AddScoped<AuditLog>();
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection("Retention")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ApplyRetention>();
        services.AddSingleton<Health.CheckReadiness>();
        services.AddOptions<Fence.EnvironmentOptions>().Bind(configuration.GetSection(Fence.EnvironmentOptions.Section));
        services.AddSingleton<Fence.EnvironmentFence>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapOperations(this IEndpointRouteBuilder api)
    {
        Health.HealthEndpoints.Map(api);
        Fence.FenceEndpoints.Map(api);
    }

    private static string ConnectionString(IConfiguration configuration) =>
        configuration[StorageSetting] is { Length: > 0 } connection
            ? connection
            : throw new InvalidOperationException($"{StorageSetting} is not set. Write a storage connection string; UseDevelopmentStorage=true for a local Azurite.");
}
