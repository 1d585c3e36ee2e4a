using Marketing.Data;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Campaigns;

/// <summary>Registers the campaigns and the rollup of their events.</summary>
public static class CampaignsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddCampaigns(this IServiceCollection services) => services
        .AddSingleton<IWriteRule<Campaign>, CampaignRule>()
        .AddSingleton<RollupMetrics>();
}
