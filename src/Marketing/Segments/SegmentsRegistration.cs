using Marketing.Data;
using Marketing.Data.External;
using Marketing.Resources;
using Marketing.Segments.Criteria;
using Marketing.Segments.Members;
using Marketing.Segments.Refresh;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments;

/// <summary>Registers segments: their rules, criteria, refresh and members.</summary>
public static class SegmentsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddSegments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IWriteRule<Segment>, SegmentRule>().AddSingleton<IWriteRule<SegmentMember>, SegmentMemberRule>();
        services.AddOptions<SegmentOptions>().Bind(configuration.GetSection("Segments")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ReadCriteria>().AddSingleton<PreviewSegment>().AddSingleton<FindChangedContacts>().AddSingleton<QueueDueSegments>();
        services.AddSingleton<StoreMembers>().AddSingleton<ImportMembers>().AddSingleton<ExportMembers>().AddSingleton<CompareSegments>();
        services.AddSingleton(provider => new RefreshSegment(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ReadCriteria>(), provider.GetRequiredService<FindChangedContacts>(),
            provider.GetRequiredService<IOptions<ExternalTables>>(), provider.GetRequiredService<IOptions<SegmentOptions>>()));
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapSegments(this IEndpointRouteBuilder api)
    {
        SegmentEndpoints.Map(api);
        MemberEndpoints.Map(api);
    }
}
