using Marketing.Suppressions.Erasure;
using Marketing.Suppressions.Preferences;
using Marketing.Suppressions.Unsubscribe;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Suppressions;

/// <summary>Registers the suppression ledger, what people do about it themselves, and what operators do.</summary>
public static class SuppressionsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddSuppressions(this IServiceCollection services) => services
        .AddSingleton<UnsubscribeTokens>().AddSingleton<ChangePreferences>().AddSingleton<ReadPreferences>().AddSingleton<ImportSuppressions>().AddSingleton<EraseContact>();

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapSuppressions(this IEndpointRouteBuilder api)
    {
        PreferenceEndpoints.Map(api);
        SuppressionEndpoints.Map(api);
    }
}
