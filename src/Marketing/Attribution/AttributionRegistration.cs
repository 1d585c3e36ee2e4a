using Marketing.Attribution.Exports;
using Marketing.Data;
using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Operations.Fence;
using Marketing.Operations.Outbound;
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
    private const string ExportsSection = "Conversions";
    private static readonly TimeSpan ExportLimit = TimeSpan.FromSeconds(30);

    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddAttribution(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IWriteRule<BookingAttribution>, BookingAttributionRule>();
        services.AddOptions<AttributionOptions>().Bind(configuration.GetSection("Attribution")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<FindDirtyBookings>().AddSingleton<RecordConversions>().AddSingleton<StoreAttribution>();
        services.AddSingleton(provider => new AttributeBookings(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<FindDirtyBookings>(), provider.GetRequiredService<StoreAttribution>(),
            provider.GetRequiredService<IOptions<ExternalTables>>(), provider.GetRequiredService<IOptions<AttributionOptions>>()));
        AddExports(services, configuration);
        return services;
    }

    private static void AddExports(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ConversionOptions>().Bind(configuration.GetSection(ExportsSection)).ValidateDataAnnotations().ValidateOnStart();
        services.AddJsonHttp(ExportsSection, _ => ExportLimit);
        services.AddTransient<IConversionDestination>(provider => new GoogleDestination(provider.GetJsonHttp(ExportsSection), provider.GetRequiredService<IOptions<ConversionOptions>>()));
        services.AddTransient<IConversionDestination>(provider => new MetaDestination(provider.GetJsonHttp(ExportsSection), provider.GetRequiredService<IOptions<ConversionOptions>>()));
        services.AddSingleton<QueueConversions>();
        services.AddTransient(provider => new ExportConversions(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<EnvironmentFence>(), provider.GetRequiredService<QueueConversions>(), provider.GetServices<IConversionDestination>(),
            (provider.GetRequiredService<IOptions<ExternalTables>>().Value, provider.GetRequiredService<FindDirtyBookings>().Revenue, provider.GetRequiredService<IOptions<AttributionOptions>>().Value.LostStatuses)));
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapAttribution(this IEndpointRouteBuilder api)
    {
        api.MapGet("attribution/report", (RequestDelegate)ReportAttribution.RunAsync).RequireScope(Scopes.Read);
        api.MapPost("attribution/touchpoints", (RequestDelegate)ImportTouchpoints.RunAsync).RequireScope(Scopes.Write);
        api.MapGet("attribution/exports", (RequestDelegate)ExportsEndpoint.RunAsync).RequireScope(Scopes.Read).WithSummary("How many bookings were told to advertising platforms, and which were not taken");
    }
}
