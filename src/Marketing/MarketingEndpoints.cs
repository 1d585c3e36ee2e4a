using Marketing.Campaigns;
using Marketing.Identity;
using Marketing.Library;
using Marketing.Resources;
using Marketing.Social;
using Marketing.Webhooks;
using Microsoft.AspNetCore.Builder;

namespace Marketing;

/// <summary>The HTTP pipeline of the product.</summary>
public static class MarketingEndpoints
{
    /// <summary>Maps the endpoints of every room below <c>/api</c>.</summary>
    public static void MapMarketing(this WebApplication app)
    {
        var api = app.MapGroup("/api");
        api.MapIdentity();
        api.MapLibrary();
        api.MapSocial();
        api.MapWebhooks();
        api.MapCampaigns();
        api.MapResources();
    }
}
