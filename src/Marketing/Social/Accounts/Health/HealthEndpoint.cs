using Marketing.Identity;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Social.Accounts.Health;

/// <summary><c>GET /api/social_accounts/{id}/health</c>, for whoever may see the account.</summary>
internal static class HealthEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("social_accounts/{id}/health", (RequestDelegate)RunAsync).RequireScope(Scopes.Read);

    private static async Task RunAsync(HttpContext context)
    {
        var id = await ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("social_accounts")).VisibleRowAsync();
        var health = await context.RequestServices.GetRequiredService<AccountHealth>().RunAsync(id, context.RequestAborted);
        await Results.Text(health.ToJsonString(), "application/json").ExecuteAsync(context);
    }
}
