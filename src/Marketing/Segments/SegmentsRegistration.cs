using Marketing.Data;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Segments;

/// <summary>Registers segments: their rules.</summary>
public static class SegmentsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddSegments(this IServiceCollection services) => services
        .AddSingleton<IWriteRule<Segment>, SegmentRule>()
        .AddSingleton<IWriteRule<SegmentMember>, SegmentMemberRule>();
}
