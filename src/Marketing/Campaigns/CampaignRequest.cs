using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Access;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Campaigns;

/// <summary>The campaign that the path of a request names, as far as the caller's roles reach.</summary>
internal static class CampaignRequest
{
    /// <summary>A campaign that the caller may see.</summary>
    /// <exception cref="ProblemException">404: there is none.</exception>
    public static Task<Guid> VisibleAsync(HttpContext context) => Of(context).VisibleRowAsync();

    /// <summary>A campaign that the caller may change: the rows that a role may change can be fewer than those it sees.</summary>
    /// <exception cref="ProblemException">404: there is none. 403: the caller may only read it.</exception>
    public static async Task<Guid> ChangeableAsync(HttpContext context)
    {
        var request = Of(context);
        var id = await request.VisibleRowAsync();
        if (request.To(TableAction.Update).Rows is not { } rows) return id;
        var query = new ReadQuery(new TableAccess(request.Resource, request.To(TableAction.Read).Columns, rows, check: null));
        new ParseSelect(request.Access).Run(query, "id");
        return await request.Service<ReadItem>().RunAsync(new ReadPlan(query), request.Key, request.Aborted) is not null
            ? id
            : throw new ProblemException(Problem.Forbidden("not_granted", "Your role may not update this campaign."));
    }

    /// <summary>Content that the caller may see, by uuid or business id; null when there is none.</summary>
    public static async Task<Guid?> VisibleContentAsync(HttpContext context, string id)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("content"));
        var item = await request.Service<ReadItem>().RunAsync(new ReadPlan(request.Everything("id")), RowKey.Read(request.Resource, id), request.Aborted);
        if (item is null) return null;
        using var json = System.Text.Json.JsonDocument.Parse(item.Json);
        return json.RootElement.GetProperty("id").GetGuid();
    }

    /// <summary>Refuses callers whose roles hide contacts' events of some campaigns: what is counted over all of them would tell.</summary>
    /// <exception cref="ProblemException">403: the role sees only some segment members.</exception>
    public static void SeesEveryMember(HttpContext context)
    {
        var members = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("segment_members")).To(TableAction.Read);
        if (members.Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that sees only some segment members cannot look at the recipients of a campaign."));
    }

    private static ResourceRequest Of(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("campaigns"));
}
