using System.Reflection;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Operations.Health;

/// <summary>
/// <c>/api/health/live</c>: the process answers. <c>/api/health</c> and <c>/api/health/ready</c>: it can do its work. Neither needs a key,
/// neither shows an address or a secret.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly string Version = typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        api.MapMethods("health", methods, ReadyAsync).AllowWithoutKey();
        api.MapMethods("health/ready", methods, ReadyAsync).AllowWithoutKey();
        api.MapMethods("health/live", methods, LiveAsync).AllowWithoutKey();
    }

    private static Task LiveAsync(HttpContext context) => WriteAsync(context, 200, new JsonObject { ["status"] = "live", ["version"] = Version });

    private static async Task ReadyAsync(HttpContext context)
    {
        var components = await context.RequestServices.GetRequiredService<CheckReadiness>().RunAsync(context.RequestAborted);
        var isReady = components.All(component => component.IsReady || !component.IsRequired);
        var answer = new JsonObject { ["status"] = isReady ? "ready" : "not_ready", ["version"] = Version };
        foreach (var component in components)
            answer[component.Name] = new JsonObject { ["status"] = component.Status, ["detail"] = component.Sentence };
        await WriteAsync(context, isReady ? 200 : 503, answer);
    }

    private static async Task WriteAsync(HttpContext context, int status, JsonObject answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        await Results.Text(answer.ToJsonString(), "application/json", statusCode: status).ExecuteAsync(context);
    }
}
