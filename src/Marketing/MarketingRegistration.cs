using Marketing.Attribution;
using Marketing.Campaigns;
using Marketing.Campaigns.Events;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending;
using Marketing.Content;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Library;
using Marketing.Operations;
using Marketing.Planning;
using Marketing.Resources;
using Marketing.Segments;
using Marketing.Social;
using Marketing.Social.Accounts;
using Marketing.Social.Insights;
using Marketing.Suppressions;
using Marketing.Webhooks;
using Marketing.Websites;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketing;

/// <summary>Registers the whole product, room by room.</summary>
public static class MarketingRegistration
{
    /// <summary>Everything that endpoints and jobs need. Nothing is opened until first use.</summary>
    public static IServiceCollection AddMarketing(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddSingleton<HttpPipeline>();
        return services
            .AddMarketingData(configuration)
            .AddOperations(configuration)
            .AddIdentity(configuration)
            .AddResources()
            .AddContent()
            .AddPlanning()
            .AddSegments(configuration)
            .AddWebsites(configuration)
            .AddAttribution(configuration)
            .AddLibrary(configuration)
            .AddLibraryAssets(configuration)
            .AddSocial(configuration)
            .AddSocialAccounts(configuration)
            .AddInsights(configuration)
            .AddWebhooks(configuration)
            .AddCampaignEvents(configuration)
            .AddCampaigns()
            .AddCampaignMessages(configuration)
            .AddSuppressions()
            .AddSending(configuration);
    }
}
