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
        services.AddSingleton(new TokenVault(ring)).AddSingleton(new Signer(ring));
        services.AddSingleton<ApiClients>();
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapIdentity(this IEndpointRouteBuilder api) => ApiKeyEndpoints.Map(api);
}
