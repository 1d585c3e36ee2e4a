using Marketing.Data;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Attribution;

/// <summary>Registers booking attribution: its rule.</summary>
public static class AttributionRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddAttribution(this IServiceCollection services) =>
        services.AddSingleton<IWriteRule<BookingAttribution>, BookingAttributionRule>();
}
