using Marketing.Data;
using Marketing.Resources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Campaigns;

/// <summary>Registers the campaigns and the rollup of their events.</summary>
public static class CampaignsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddCampaigns(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<IWriteRule<Campaign>, CampaignRule>();
        services.AddSingleton<RollupMetrics>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapCampaigns(this IEndpointRouteBuilder api) => _ = api;
}
