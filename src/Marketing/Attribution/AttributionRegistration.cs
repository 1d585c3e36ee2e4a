using Marketing.Data;
using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Attribution;

/// <summary>Registers booking attribution: its rule, its job, its endpoints.</summary>
public static class AttributionRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddAttribution(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IWriteRule<BookingAttribution>, BookingAttributionRule>();
        services.AddOptions<AttributionOptions>().Bind(configuration.GetSection("Attribution")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<FindDirtyBookings>().AddSingleton<RecordConversions>().AddSingleton<StoreAttribution>();
        services.AddSingleton(provider => new AttributeBookings(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<FindDirtyBookings>(), provider.GetRequiredService<StoreAttribution>(),
            provider.GetRequiredService<IOptions<ExternalTables>>(), provider.GetRequiredService<IOptions<AttributionOptions>>()));
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapAttribution(this IEndpointRouteBuilder api)
    {
        api.MapGet("attribution/report", (RequestDelegate)ReportAttribution.RunAsync).RequireScope(Scopes.Read);
        api.MapPost("attribution/touchpoints", (RequestDelegate)ImportTouchpoints.RunAsync).RequireScope(Scopes.Write);
    }
}
