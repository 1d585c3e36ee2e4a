using Azure.Core;
using Azure.Identity;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Campaigns.Sending.Providers.Azure;
using Marketing.Campaigns.Sending.Providers.SendGrid;
using Marketing.Campaigns.Sending.Providers.Smtp;
using Marketing.Operations;
using Marketing.Operations.Fence;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>Registers the sending of campaigns by email.</summary>
public static class SendingRegistration
{
    /// <summary>Services.</summary>
    public static IServiceCollection AddSending(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SendingOptions>().Bind(configuration.GetSection(SendingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SendingOptions>>(new ValidateSendingOptions());
        services.TryAddSingleton<ISendStepObserver, NoSendStepObserver>();
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddSingleton<IEmailSender>(provider => new SendGridSender(Http(provider), provider.GetRequiredService<IOptions<SendingOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEmailSender>(provider => new AzureSender(Http(provider), provider.GetRequiredService<IOptions<SendingOptions>>(), provider.GetRequiredService<TokenCredential>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEmailSender, SmtpSender>();
        services.AddSingleton<SendLimits>().AddSingleton<BucketsOf>();
        services.AddSingleton<FreezeRecipients>().AddSingleton<ClaimRecipients>().AddSingleton<PrepareMessages>().AddSingleton<SubmitBatch>().AddSingleton<SendBatch>().AddSingleton<RecordAnswers>();
        services.AddSingleton<SettleUnconfirmed>().AddSingleton<WatchCampaigns>().AddSingleton<DueCampaigns>().AddSingleton<ResolveSend>().AddSingleton<HoldRestored>();
        services.AddScoped<TestSend>();
        services.AddScoped(provider => new SendParts(
            provider.GetRequiredService<EnvironmentFence>(), provider.GetRequiredService<FreezeRecipients>(), provider.GetRequiredService<LoadMessages>(), provider.GetRequiredService<BucketsOf>(), provider.GetRequiredService<SubmitBatch>())
        {
            Senders = provider.GetServices<IEmailSender>().ToDictionary(sender => sender.Provider, StringComparer.Ordinal),
            Restored = provider.GetRequiredService<HoldRestored>(),
            Observer = provider.GetRequiredService<ISendStepObserver>(),
            Clock = provider.GetRequiredService<TimeProvider>(),
        });
        services.AddScoped(provider => new SendCampaign(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<SendParts>(), provider.GetRequiredService<WorkQueue>(), provider.GetRequiredService<IOptions<SendingOptions>>(), provider.GetRequiredService<ILogger<SendCampaign>>()));
        services.AddScoped(provider => new DispatchSends(
            provider.GetRequiredService<EnvironmentFence>(), provider.GetRequiredService<SettleUnconfirmed>(), provider.GetRequiredService<WatchCampaigns>(), provider.GetRequiredService<DueCampaigns>(), provider.GetRequiredService<WorkQueue>()));
        return services;
    }

    /// <summary>Endpoints, below <c>/api</c>.</summary>
    public static void MapSending(this IEndpointRouteBuilder api)
    {
        SendEndpoints.Map(api);
        TestSendEndpoint.Map(api);
    }

    // No retries and no redirects: a POST is never made twice without a decision.
    private static HttpClient Http(IServiceProvider provider) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = provider.GetRequiredService<IOptions<SendingOptions>>().Value.RequestTimeout,
    };
}

/// <summary>Ends the start with the sentence that the settings give about themselves.</summary>
internal sealed class ValidateSendingOptions : IValidateOptions<SendingOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, SendingOptions options) => options.Problem() is { } sentence ? ValidateOptionsResult.Fail(sentence) : ValidateOptionsResult.Success;
}
