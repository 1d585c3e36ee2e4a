using Marketing.Operations;
using Marketing.Webhooks.EventGrid;
using Marketing.Webhooks.Events;
using Marketing.Webhooks.Mailgun;
using Marketing.Webhooks.Meta;
using Marketing.Webhooks.Postmark;
using Marketing.Webhooks.SendGrid;
using Marketing.Webhooks.StandardWebhooks;
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
        services.AddSingleton<WebhookInbox>().AddSingleton<ReplayDeliveries>();
        services.AddSingleton(provider => new SweepWebhooks(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<WorkQueue>(), provider.GetRequiredService<ReplayDeliveries>()));
        services.AddSingleton(provider => new ProcessWebhook(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<RecordEvents>(), provider.GetServices<IEmailProvider>()));
        services.AddOptions<EmailWebhookOptions>().Bind(configuration.GetSection("Webhooks")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EmailWebhookOptions>, ValidateEmailWebhookOptions>();
        services.AddSingleton<StandardSignature>().AddSingleton<FindRecipients>().AddSingleton<RecordEvents>().AddSingleton<RecordSuppressions>();
        services.AddSingleton<IEmailProvider, SendGridProvider>().AddSingleton<IEmailProvider, AzureEmailProvider>().AddSingleton<IEmailProvider, StandardProvider>();
        services.AddSingleton<IEmailProvider, MailgunProvider>().AddSingleton<IEmailProvider, PostmarkProvider>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        WebhookEndpoints.Map(api);
        EmailWebhookEndpoints.Map(api);
        InboxEndpoints.Map(api);
    }
}
