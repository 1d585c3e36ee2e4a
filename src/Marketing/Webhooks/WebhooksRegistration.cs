using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Webhooks;

/// <summary>Registers the webhooks of platforms and email providers.</summary>
public static class WebhooksRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder api) => _ = api;
}
