using System.Globalization;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Websites.Analytics;

/// <summary><c>GET /api/websites/{id}/page_views?from=&amp;until=</c>: views and conversions of a website's pages by day, and how the last pull went. For callers who may see the website.</summary>
internal static class PageViewsEndpoint
{
    private const int UsualDays = 30;
    private const int MostDays = 400;

    /// <summary>Answers.</summary>
    public static async Task RunAsync(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("websites"));
        var today = DateOnly.FromDateTime(request.Service<TimeProvider>().GetUtcNow().UtcDateTime);
        var until = Day(context.Request.Query["until"], "until") ?? today;
        var from = Day(context.Request.Query["from"], "from") ?? until.AddDays(-UsualDays);
        if (from > until || until.DayNumber - from.DayNumber > MostDays) throw new ProblemException(Problem.BadRequest("invalid_query", $"from lies at most {MostDays} days before until."));
        var id = await request.VisibleRowAsync();
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select json_build_object(
                'pulled_at', (select pulled_at from marketing_ops.website_pulls where website_id = $1), 'error', (select error from marketing_ops.website_pulls where website_id = $1),
                'days', (select coalesce(json_agg(json_build_object('day', day, 'page_views', views, 'conversions', conversions, 'pages', pages) order by day), '[]')
                         from (select day, sum(page_views) as views, sum(conversions) as conversions,
                                      (json_agg(json_build_object('page_path', page_path, 'page_views', page_views, 'conversions', conversions) order by page_views desc, page_path)) as pages
                               from marketing_ops.page_figures where website_id = $1 and day between $2 and $3 group by day) days))::text
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(from);
        command.Parameters.AddWithValue(until);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    private static DateOnly? Day(string? text, string name) => string.IsNullOrEmpty(text) ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new ProblemException(Problem.BadRequest("invalid_query", $"{name} is a day such as 2026-11-24."));
}
