using Marketing.Data;
using Marketing.Resources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Segments;

/// <summary>Registers segments: their rules, refresh and preview.</summary>
public static class SegmentsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddSegments(this IServiceCollection services) => services
        .AddSingleton<IWriteRule<Segment>, SegmentRule>()
        .AddSingleton<IWriteRule<SegmentMember>, SegmentMemberRule>()
        .AddScoped<ReadCriteria>().AddScoped<RefreshSegment>().AddScoped<PreviewSegment>();

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapSegments(this IEndpointRouteBuilder api) => SegmentEndpoints.Map(api);
}
