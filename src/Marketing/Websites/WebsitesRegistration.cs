using Marketing.Data;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Websites;

/// <summary>Registers websites: their rules.</summary>
public static class WebsitesRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddWebsites(this IServiceCollection services) => services
        .AddSingleton<IWriteRule<Website>, WebsiteRule>()
        .AddSingleton<IWriteRule<WebsitePage>, WebsitePageRule>();
}
