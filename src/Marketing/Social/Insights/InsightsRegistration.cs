using Marketing.Identity;
using Marketing.Operations;
using Marketing.Operations.Outbound;
using Marketing.Social.Accounts.Connectors;
using Marketing.Social.Accounts.Refreshing;
using Marketing.Social.Insights.Readers;
using Marketing.Social.Insights.Reports;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Insights;

/// <summary>Registers the figures of posts and accounts: when they are read, from whom, and what is made of them.</summary>
public static class InsightsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddInsights(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<InsightsOptions>().Bind(configuration.GetSection(InsightsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<InsightsOptions>, ValidateInsightsOptions>();
        services.AddSingleton<PostPerformance>().AddSingleton<AccountReports>().AddSingleton<Comparison>();
        services.AddSingleton<InsightRows>().AddSingleton<StoreReadings>().AddSingleton<InsightBudgets>();
        services.AddSingleton<IInsightsReader, InstagramReader>().AddSingleton<IInsightsReader, FacebookReader>().AddSingleton<IInsightsReader, TikTokReader>();
        services.AddSingleton<IInsightsReader, YouTubeReader>().AddSingleton<IInsightsReader, XReader>().AddSingleton<IInsightsReader, LinkedInReader>().AddSingleton<IInsightsReader, PinterestReader>();
        services.AddSingleton(provider => new QueueInsights(provider.GetRequiredService<InsightRows>(), provider.GetRequiredService<WorkQueue>()));
        services.AddTransient(provider => new PullInsights(
            provider.GetRequiredService<InsightRows>(), provider.GetRequiredService<StoreReadings>(), provider.GetRequiredService<InsightBudgets>(), provider.GetRequiredService<OAuthApps>(),
            provider.GetRequiredService<JsonHttp>(), provider.GetRequiredService<TokenVault>(), provider.GetRequiredService<RefreshAccountToken>(), provider.GetServices<IInsightsReader>(),
            provider.GetRequiredService<IOptions<InsightsOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PullInsights>>()));
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapInsights(this IEndpointRouteBuilder api) => InsightsEndpoints.Map(api);

    private sealed class ValidateInsightsOptions : IValidateOptions<InsightsOptions>
    {
        public ValidateOptionsResult Validate(string? name, InsightsOptions options) => options.Problem() is { } sentence ? ValidateOptionsResult.Fail(sentence) : ValidateOptionsResult.Success;
    }
}
