using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Identity;

/// <summary>Registers the API keys and scopes.</summary>
public static class IdentityRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        var ring = new Lazy<KeyRing>(() => KeyRing.Read(configuration));
        services.AddSingleton(ring).AddSingleton(new TokenVault(ring)).AddSingleton(new Signer(ring));
        services.AddOptions<OidcOptions>().Bind(configuration.GetSection(OidcOptions.Section)).Validate(options => options.Problem() is null, "Oidc: check Authority (an https address) and Audience.").ValidateOnStart();
        services.AddHttpClient(OidcOptions.Section, http => http.Timeout = TimeSpan.FromSeconds(10));
        services.AddSingleton<ApiClients>().AddSingleton<Roles>().AddSingleton<TokenCallers>();
        services.AddOptions<RateLimitOptions>().Bind(configuration.GetSection(RateLimitOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RateLimits>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapIdentity(this IEndpointRouteBuilder api)
    {
        ApiKeyEndpoints.Map(api);
        RoleEndpoints.Map(api);
    }
}
