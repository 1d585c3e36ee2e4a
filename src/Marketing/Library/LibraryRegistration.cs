using Marketing.Data;
using Marketing.Resources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Library;

/// <summary>Registers the media library: ingest, renditions, tags.</summary>
public static class LibraryRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddLibrary(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<IWriteRule<LibraryAsset>, LibraryAssetRule>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapLibrary(this IEndpointRouteBuilder api) => _ = api;
}
