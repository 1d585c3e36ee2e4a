using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Segments;

/// <summary>
/// What the endpoints of segments ask of a caller. Work over whole sets of members is for those who see or may change all of them: a count
/// would tell of rows that a role hides.
/// </summary>
internal static class SegmentRequest
{
    /// <summary>A request about segments.</summary>
    public static ResourceRequest Of(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("segments"));

    /// <summary>A request about members.</summary>
    public static ResourceRequest OfMembers(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("segment_members"));

    /// <summary>The caller sees every member of every segment.</summary>
    /// <exception cref="ProblemException">403 or 404: it does not.</exception>
    public static void SeesEveryMember(HttpContext context)
    {
        if (OfMembers(context).To(TableAction.Read).Rows is not null || Of(context).To(TableAction.Read).Rows is not null)
            throw new ProblemException(Problem.Forbidden("not_granted", "A role that sees only some segments or members cannot look at sets of contacts."));
    }

    /// <summary>The segment that the path names, whose members the caller may change whoever they are.</summary>
    /// <exception cref="ProblemException">403 or 404: the caller may not, or there is no such segment.</exception>
    public static async Task<Guid> ChangesMembersAsync(HttpContext context, params TableAction[] actions)
    {
        foreach (var action in actions)
        {
            if (OfMembers(context).To(action) is not { Rows: null, Check: null }) throw new ProblemException(Problem.Forbidden("not_granted", "A role that may write only some members cannot write sets of them. Write rows of segment_members."));
        }
        SeesEveryMember(context);
        return await Of(context).VisibleRowAsync();
    }

    /// <summary>Answers with JSON.</summary>
    public static Task SendAsync(HttpContext context, JsonObject answer) => SendAsync(context, answer.ToJsonString());

    /// <summary>Answers with JSON.</summary>
    public static Task SendAsync(HttpContext context, string json) => Results.Text(json, "application/json").ExecuteAsync(context);
}
