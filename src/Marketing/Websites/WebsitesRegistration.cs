using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations.Outbound;
using Marketing.Resources;
using Marketing.Websites.Analytics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Websites;

/// <summary>Registers websites: their rules, and the figures of their pages.</summary>
public static class WebsitesRegistration
{
    private const string Section = "Analytics";

    // A report over months takes GA4 some seconds; its rows, some megabytes.
    private const int MaxAnswerBytes = 32 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddWebsites(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IWriteRule<Website>, WebsiteRule>().AddSingleton<IWriteRule<WebsitePage>, WebsitePageRule>();
        services.AddOptions<AnalyticsOptions>().Bind(configuration.GetSection(Section)).ValidateDataAnnotations()
            .Validate(options => options.ClientEmail is { Length: > 0 } == options.PrivateKey is { Length: > 0 }, "Analytics:ClientEmail and Analytics:PrivateKey go together: client_email and private_key of the service account's key file.")
            .Validate(options => options.PrivateKey is not { Length: > 0 } || GoogleToken.IsKey(options.PrivateKey), "Analytics:PrivateKey must be the private_key of the service account's key file: PEM that begins with -----BEGIN PRIVATE KEY-----, with line breaks.")
            .ValidateOnStart();
        services.AddJsonHttp(Section, _ => Limit, MaxAnswerBytes);
        services.AddSingleton(provider => new GoogleToken(provider.GetJsonHttp(Section), provider.GetRequiredService<IOptions<AnalyticsOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddTransient(provider => new ReadPageFigures(provider.GetJsonHttp(Section), provider.GetRequiredService<GoogleToken>(), provider.GetRequiredService<IOptions<AnalyticsOptions>>()));
        services.AddTransient(provider => new PullPageViews(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ReadPageFigures>(), provider.GetRequiredService<IOptions<AnalyticsOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PullPageViews>>()));
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapWebsites(this IEndpointRouteBuilder api) =>
        api.MapGet("websites/{id}/page_views", (RequestDelegate)PageViewsEndpoint.RunAsync).RequireScope(Scopes.Read).WithSummary("Views and conversions of a website's pages by day, and how the last pull went");
}
