using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Campaigns.Life;

/// <summary>What is done with a campaign that sends email. What makes messages go out needs the scope <c>publish</c>; what stops them, <c>write</c>.</summary>
internal static class LifeEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        foreach (var (action, scope) in new[] { (CampaignAction.Schedule, Scopes.Publish), (CampaignAction.Start, Scopes.Publish), (CampaignAction.Resume, Scopes.Publish), (CampaignAction.Pause, Scopes.Write), (CampaignAction.Cancel, Scopes.Write) })
            api.MapPost($"campaigns/{{id}}/{action.ToString().ToLowerInvariant()}", (RequestDelegate)(context => MoveAsync(context, action))).RequireScope(scope);
    }

    private static async Task MoveAsync(HttpContext context, CampaignAction action)
    {
        var id = await CampaignRequest.ChangeableAsync(context);
        SendTime? time = null;
        if (action == CampaignAction.Schedule)
        {
            using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
            time = SendTime.Read(body.RootElement, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        }
        var status = await context.RequestServices.GetRequiredService<MoveCampaign>().RunAsync(id, action, time, context.GetCaller(), context.RequestAborted);
        var answer = new JsonObject { ["id"] = id, ["status"] = status };
        if (time is not null) answer["send_at"] = time.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }
}
