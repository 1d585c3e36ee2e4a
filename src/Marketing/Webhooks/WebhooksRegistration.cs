using Marketing.Webhooks.Meta;
using Marketing.Webhooks.SendGrid;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Webhooks;

/// <summary>Registers the webhooks of platforms and email providers.</summary>
public static class WebhooksRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WebhookOptions>().Bind(configuration.GetSection("Webhooks")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, ValidateWebhookOptions>();
        services.AddSingleton<SendGridSignature>().AddSingleton<MetaSignature>();
        services.AddSingleton<WebhookInbox>().AddSingleton<RecordSendGridEvents>().AddSingleton<SweepWebhooks>();
        services.AddSingleton(provider => new ProcessWebhook(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<RecordSendGridEvents>()));
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder api) => WebhookEndpoints.Map(api);
}
