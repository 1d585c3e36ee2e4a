using Marketing.Identity;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Social.Posts;

/// <summary>What a post has beyond its row.</summary>
internal static class SocialPostEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        ApprovalEndpoints.Map(api);
        PostActionEndpoints.Map(api);
        PostOptionsEndpoints.Map(api);
        PreflightEndpoints.Map(api);
        CrossPostEndpoint.Map(api);
        api.MapGet("social_posts/{id}/attempts", (RequestDelegate)AttemptsAsync).RequireScope(Scopes.Read);
    }

    private static async Task AttemptsAsync(HttpContext context)
    {
        var id = await Request(context).VisibleRowAsync();
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select (select coalesce(json_agg(a order by a.number), '[]')
                    from (select number, step, state,
                                 case state when 'refused' then 'reject' when 'unconfirmed' then 'unconfirmed' when 'retry' then 'retry' end as class,
                                 started_at, finished_at, external_id, detail, sent, next_at,
                                 case when number = max(number) over () then (
                                     select case job.state
                                         when 'open' then case when state = 'unconfirmed' then 'reconcile' else coalesce('wait: ' || job.hold_reason, 'go on') end
                                         when 'published' then null else 'retry or reschedule' end
                                     from marketing_ops.publish_jobs job where job.post_id = $1) end as next_step
                          from marketing_ops.publish_attempts where post_id = $1) a)::text
            """);
        command.Parameters.AddWithValue(id);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    /// <summary>A request about posts.</summary>
    public static ResourceRequest Request(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("social_posts"));
}
