using Marketing.Data;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Content;

/// <summary>Registers content: its rules.</summary>
public static class ContentRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddContent(this IServiceCollection services) => services
        .AddSingleton<IWriteRule<ContentPiece>, ContentRule>()
        .AddSingleton<IWriteRule<ContentVersion>, ContentVersionRule>()
        .AddSingleton<IWriteRule<ContentUsage>, ContentUsageRule>()
        .AddSingleton<IWriteRule<ContentComponent>, ContentComponentRule>();
}
