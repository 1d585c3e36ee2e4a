using Marketing.Identity;
using Marketing.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Events;

/// <summary>Registers the sums of campaign events and our own open and click tracking.</summary>
public static class CampaignEventsRegistration
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Services.</summary>
    public static IServiceCollection AddCampaignEvents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TrackingOptions>().Bind(configuration.GetSection("Tracking")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TrackingOptions>, ValidateTrackingOptions>();
        return services.AddSingleton<TrackingLinks>().AddSingleton<IEmailProvider, TrackingProvider>();
    }

    /// <summary>Endpoints, below <c>/api</c>. Recipients hold no key: the token in the address is signed.</summary>
    public static void MapCampaignEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("campaigns/{id}/event_sums", (RequestDelegate)EventSumsEndpoint.RunAsync).RequireScope(Scopes.Read);
        api.MapMethods("webhooks/tracking/c/{token}", Read, (RequestDelegate)TrackingEndpoints.ClickAsync).AllowWithoutKey();
        api.MapMethods("webhooks/tracking/o/{token}", Read, (RequestDelegate)TrackingEndpoints.OpenAsync).AllowWithoutKey();
    }
}
