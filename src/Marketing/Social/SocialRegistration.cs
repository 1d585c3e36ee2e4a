using Marketing.Data;
using Marketing.Resources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Social;

/// <summary>Registers the social media: accounts, publishing.</summary>
public static class SocialRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddSocial(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<IWriteRule<SocialAccount>, Accounts.SocialAccountRule>();
        services.AddSingleton<IWriteRule<SocialPost>, Posts.SocialPostRule>();
        services.AddSingleton<IWriteRule<SocialAnalytics>, Posts.SocialAnalyticsRule>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapSocial(this IEndpointRouteBuilder api) => _ = api;
}
