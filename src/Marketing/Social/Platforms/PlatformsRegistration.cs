using Marketing.Social.Platforms.Facebook;
using Marketing.Social.Platforms.Instagram;
using Marketing.Social.Platforms.LinkedIn;
using Marketing.Social.Platforms.Media;
using Marketing.Social.Platforms.Pinterest;
using Marketing.Social.Platforms.TikTok;
using Marketing.Social.Platforms.X;
using Marketing.Social.Platforms.YouTube;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace Marketing.Social.Platforms;

/// <summary>Registers the platforms that posts are published to.</summary>
internal static class PlatformsRegistration
{
    /// <summary>One publisher a platform, each with its settings and its client.</summary>
    public static IServiceCollection AddPlatforms(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<ReadMedia>();
        services.AddPlatformOptions<InstagramOptions>(configuration, InstagramOptions.Section, options => options.Problem());
        services.AddScoped<InstagramContainer>().AddScoped<IPublisher, InstagramPublisher>();
        services.AddPlatformClient<InstagramClient, InstagramOptions>(options => options.RequestTimeout);
        services.AddPlatformOptions<YouTubeOptions>(configuration, YouTubeOptions.Section, options => options.Problem());
        services.AddScoped<IPublisher, YouTubePublisher>().AddScoped<YouTubeUpload>().AddScoped<YouTubeCover>();
        services.AddPlatformClient<YouTubeClient, YouTubeOptions>(options => options.RequestTimeout);
        services.AddPlatformOptions<LinkedInOptions>(configuration, LinkedInOptions.Section, options => options.Problem());
        services.AddScoped<IPublisher, LinkedInPublisher>().AddScoped<LinkedInUploads>();
        services.AddPlatformClient<LinkedInClient, LinkedInOptions>(options => options.RequestTimeout);
        services.AddPlatformOptions<PinterestOptions>(configuration, PinterestOptions.Section, options => options.Problem());
        services.AddScoped<IPublisher, PinterestPublisher>();
        services.AddPlatformClient<PinterestClient, PinterestOptions>(options => options.RequestTimeout);
        services.AddPlatformClient<PinterestUploads, PinterestOptions>(options => options.UploadTimeout);
        services.AddPlatformOptions<XOptions>(configuration, XOptions.Section, options => options.Problem());
        services.AddScoped<IPublisher, XPublisher>().AddScoped<XUploads>();
        services.AddPlatformClient<XClient, XOptions>(options => options.RequestTimeout);
        services.AddPlatformOptions<FacebookOptions>(configuration, FacebookOptions.Section, options => options.Problem());
        services.AddScoped<FacebookUpload>().AddScoped<IPublisher, FacebookPublisher>();
        services.AddPlatformClient<FacebookClient, FacebookOptions>(options => options.RequestTimeout);
        services.AddPlatformOptions<TikTokOptions>(configuration, TikTokOptions.Section, options => options.Problem());
        services.AddScoped<IPublisher, TikTokPublisher>();
        services.AddPlatformClient<TikTokClient, TikTokOptions>(options => options.RequestTimeout);
        return services;
    }

    private static void AddPlatformOptions<TOptions>(this IServiceCollection services, IConfiguration configuration, string section, Func<TOptions, string?> problem) where TOptions : class
    {
        services.AddOptions<TOptions>().Bind(configuration.GetSection(section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(new ValidateByProblem<TOptions>(problem));
    }

    // Reads may be repeated at once; what could publish is repeated by the ledger alone.
    private static void AddPlatformClient<TClient, TOptions>(this IServiceCollection services, Func<TOptions, TimeSpan> timeout) where TClient : class where TOptions : class => services
        .AddHttpClient<TClient>((provider, http) => http.Timeout = timeout(provider.GetRequiredService<IOptions<TOptions>>().Value))
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        .AddResilienceHandler("reads", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(300),
            BackoffType = DelayBackoffType.Exponential,
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Context.GetRequestMessage()?.Method == HttpMethod.Get && attempt.Outcome.Exception is HttpRequestException),
        }));
}
