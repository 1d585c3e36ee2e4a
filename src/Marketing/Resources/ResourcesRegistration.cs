using Marketing.Resources.Access;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Resources;

/// <summary>Registers the CRUD engine over the 24 tables.</summary>
public static class ResourcesRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddResources(this IServiceCollection services)
    {
        services.AddSingleton<ResourceCatalog>();
        services.AddSingleton<AccessControl>().AddSingleton<PageCursors>().AddSingleton<ReadPlans>();
        services.AddSingleton<ReadPage>().AddSingleton<ReadItem>().AddSingleton<ExportRows>();
        services.AddSingleton<WriteRows>().AddSingleton(typeof(RuleRunner<>));
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapResources(this IEndpointRouteBuilder api)
    {
        var catalog = api.ServiceProvider.GetRequiredService<ResourceCatalog>();
        foreach (var resource in catalog.All) ResourceEndpoints.Map(api, resource);
        AuditEndpoint.Map(api, catalog);
        OpenApi.OpenApiEndpoints.Map(api);
    }
}
