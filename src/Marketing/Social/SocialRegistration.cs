using Marketing.Data;
using Marketing.Resources;
using Marketing.Social.Accounts;
using Marketing.Social.Notifications;
using Marketing.Social.Platforms;
using Marketing.Social.Posts;
using Marketing.Social.Preflight;
using Marketing.Social.Publishing;
using Marketing.Social.Slots;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Marketing.Social;

/// <summary>Registers the social media: accounts, posts, publishing.</summary>
public static class SocialRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddSocial(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IWriteRule<SocialAccount>, SocialAccountRule>();
        services.AddSingleton<IWriteRule<SocialAccountMetrics>, SocialAccountMetricsRule>();
        services.AddSingleton<IWriteRule<SocialPost>, SocialPostRule>();
        services.AddSingleton<IWriteRule<SocialAnalytics>, SocialAnalyticsRule>();
        services.AddSingleton<ReadDraftFacts>().AddScoped<RunPreflight>().AddScoped<DecideOnPost>();
        services.AddSingleton<DeliverNotifications>();
        AddPublishing(services, configuration);
        services.AddPlatforms(configuration);
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapSocial(this IEndpointRouteBuilder api)
    {
        SocialPostEndpoints.Map(api);
        SlotEndpoints.Map(api);
        NotificationEndpoints.Map(api);
    }

    private static void AddPublishing(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PublishingOptions>().Bind(configuration.GetSection(PublishingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PublishingOptions>>(new ValidateByProblem<PublishingOptions>(options => options.Problem()));
        services.TryAddSingleton<IPublishStepObserver, NoPublishStepObserver>();
        services.AddScoped<PublicMedia>().AddScoped<PublishTargets>().AddScoped<PublishLedger>();
        services.AddScoped<ReconcilePost>().AddScoped<SettleStep>().AddScoped<FirstComment>().AddScoped<ConfirmPost>().AddScoped<FailPost>().AddScoped<ClaimDuePosts>();
        services.AddSingleton<DispatchJobs>().AddSingleton<PublishTurn>().AddScoped<BeforeStep>();
        services.AddScoped(provider => new PublishPost(
            provider.GetRequiredService<MarketingDbContext>(), provider.GetRequiredService<PublishLedger>(), provider.GetRequiredService<PublishTargets>(),
            provider.GetRequiredService<ReconcilePost>(), provider.GetRequiredService<SettleStep>(), provider.GetRequiredService<FirstComment>(), provider.GetRequiredService<ConfirmPost>(), provider.GetRequiredService<BeforeStep>(),
            provider.GetServices<IPublisher>(), provider.GetRequiredService<IOptions<PublishingOptions>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Microsoft.Extensions.Logging.ILogger<PublishPost>>()));
    }
}
