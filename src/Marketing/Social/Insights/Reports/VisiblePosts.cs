using System.IO.Pipelines;
using System.Text;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Marketing.Social.Insights.Reports;

/// <summary>Which posts a report may count for a caller: those whose row and whose figures its role shows.</summary>
internal static class VisiblePosts
{
    private static readonly string[] PostColumns = ["social_post_id", "account_id", "post_type", "status", "published_at", "external_url", "hashtags", "media_urls"];

    /// <summary>Refuses a role that does not see every column of a table's figures: a report would tell of the hidden ones.</summary>
    /// <exception cref="ProblemException">403: not all columns are granted; 404: the table is not.</exception>
    public static void RequireFigures(HttpContext context, string table)
    {
        var request = Request(context, table);
        Require(request, request.Resource.Columns.Where(column => column.IsReadable).Select(column => column.Name));
    }

    private static void Require(ResourceRequest request, IEnumerable<string> columns)
    {
        var access = request.To(TableAction.Read);
        if (columns.Any(column => access.Find(column) is null))
            throw new ProblemException(Problem.Forbidden("not_granted", $"Your role does not see all columns of {request.Resource.Table} that the report is made of. Read /api/{request.Resource.Table} instead."));
    }

    /// <summary>The posts; null when the role shows all of them.</summary>
    /// <param name="context">The request.</param>
    /// <param name="accountId">Only posts of this account; null for all.</param>
    public static async Task<Guid[]?> RunAsync(HttpContext context, Guid? accountId)
    {
        RequireFigures(context, "social_analytics");
        var (posts, figures) = (Request(context, "social_posts"), Request(context, "social_analytics"));
        Require(posts, PostColumns);
        var (postRows, figureRows) = (posts.To(TableAction.Read).Rows, figures.To(TableAction.Read).Rows);
        if (postRows is null && figureRows is null) return null;
        var filter = accountId is { } account ? new Dictionary<string, StringValues> { ["select"] = "id", ["account_id"] = $"eq.{account}" } : new Dictionary<string, StringValues> { ["select"] = "id" };
        var seen = await IdsAsync(context, posts, filter);
        if (figureRows is not null) seen.IntersectWith(await IdsAsync(context, figures, new Dictionary<string, StringValues> { ["select"] = "post_id" }));
        return [.. seen];
    }

    /// <summary>A request about a table.</summary>
    public static ResourceRequest Request(HttpContext context, string table) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of(table));

    private static async Task<HashSet<Guid>> IdsAsync(HttpContext context, ResourceRequest request, Dictionary<string, StringValues> query)
    {
        using var lines = new MemoryStream();
        var output = PipeWriter.Create(lines, new StreamPipeWriterOptions(leaveOpen: true));
        await context.RequestServices.GetRequiredService<ExportRows>().CsvAsync(request.Parser.Run(request.Resource, new QueryCollection(query)), output, context.RequestAborted);
        await output.CompleteAsync();
        return [.. Encoding.UTF8.GetString(lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(Guid.Parse)];
    }
}
