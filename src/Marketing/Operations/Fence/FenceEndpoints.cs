using System.Text.Json.Nodes;
using Marketing.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Operations.Fence;

/// <summary><c>/api/operations/fence</c>: whose database this is, and taking it over.</summary>
internal static class FenceEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("operations/fence", (RequestDelegate)ReadAsync).RequireScope(Scopes.Admin);
        api.MapPost("operations/fence/release", (RequestDelegate)ReleaseAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ReleaseAsync(HttpContext context)
    {
        await context.RequestServices.GetRequiredService<EnvironmentFence>().ReleaseAsync(context.GetCaller(), context.RequestAborted);
        await ReadAsync(context);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var state = await context.RequestServices.GetRequiredService<EnvironmentFence>().ReadAsync(context.RequestAborted);
        await Results.Text(new JsonObject
        {
            ["is_released"] = state.IsReleased,
            ["environment"] = state.Environment,
            ["owner"] = state.Owner,
            ["is_same_server"] = state.IsSameServer,
            ["claimed_at"] = state.ClaimedAt.ToString("O"),
            ["released_at"] = state.ReleasedAt?.ToString("O"),
            ["released_by"] = state.ReleasedBy,
            ["detail"] = state.Sentence,
        }.ToJsonString(), "application/json").ExecuteAsync(context);
    }
}
