using Marketing.Attribution;
using Marketing.Campaigns.Events;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending;
using Marketing.Identity;
using Marketing.Library;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Segments;
using Marketing.Social;
using Marketing.Social.Accounts;
using Marketing.Social.Insights;
using Marketing.Suppressions;
using Marketing.Webhooks;
using Marketing.Websites;
using Microsoft.AspNetCore.Builder;

namespace Marketing;

/// <summary>The HTTP pipeline of the product.</summary>
public static class MarketingEndpoints
{
    /// <summary>Routing and the endpoints of every room below <c>/api</c>.</summary>
    public static void UseMarketing(this IApplicationBuilder app)
    {
        app.UseMiddleware<ResponseHeaders>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseMiddleware<AuthenticationMiddleware>();
        app.UseEndpoints(endpoints =>
        {
            var api = endpoints.MapGroup("/api");
            api.MapOperations();
            api.MapIdentity();
            api.MapLibrary();
            api.MapAssets();
            api.MapSocial();
            api.MapSocialAccounts();
            api.MapInsights();
            api.MapWebhooks();
            api.MapAttribution();
            api.MapWebsites();
            api.MapCampaignEvents();
            api.MapCampaignMessages();
            api.MapSuppressions();
            api.MapSending();
            api.MapSegments();
            api.MapResources();
        });
    }
}
