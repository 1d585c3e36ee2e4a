using System.Globalization;
using Marketing.Identity;
using Marketing.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Social.Insights.Reports;

/// <summary>What came of posts and accounts. A role that sees only some posts gets reports of those alone.</summary>
internal static class InsightsEndpoints
{
    private const int MaxDays = 732;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("social_posts/{id}/performance", (RequestDelegate)PerformanceAsync).RequireScope(Scopes.Read)
            .WithSummary("How a post did: totals, days, and its rank among the account's posts of its type.");
        api.MapGet("social_accounts/{id}/timeline", (RequestDelegate)TimelineAsync).RequireScope(Scopes.Read)
            .WithSummary("Days of an account with its figures and the posts that went out; from and until are days, UTC.");
        api.MapGet("social_accounts/{id}/best_times", (RequestDelegate)BestTimesAsync).RequireScope(Scopes.Read)
            .WithSummary("Hours of the week at which the account's posts did best, in time_zone, over the last days.");
        api.MapGet("social_accounts/{id}/comparison", (RequestDelegate)AccountComparisonAsync).RequireScope(Scopes.Read)
            .WithSummary("Posts of an account compared by platform, type, account, hashtag or asset_tag.");
        api.MapGet("social_analytics/comparison", (RequestDelegate)ComparisonAsync).RequireScope(Scopes.Read)
            .WithSummary("Posts of all accounts compared by platform, type, account, hashtag or asset_tag.");
    }

    private static async Task PerformanceAsync(HttpContext context)
    {
        var id = await VisiblePosts.Request(context, "social_posts").VisibleRowAsync();
        var others = await VisiblePosts.RunAsync(context, null);
        // The row of the post may be shown and its figures not.
        if (others is not null && !others.Contains(id) && VisiblePosts.Request(context, "social_analytics").To(TableAction.Read).Rows is not null)
            throw new ProblemException(Problem.NotFound("social_analytics", id.ToString()));
        await SendAsync(context, await Service<PostPerformance>(context).RunAsync(id, others, context.RequestAborted));
    }

    private static async Task TimelineAsync(HttpContext context)
    {
        VisiblePosts.RequireFigures(context, "social_account_metrics");
        var metrics = VisiblePosts.Request(context, "social_account_metrics").To(TableAction.Read);
        if (metrics.Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that sees only some rows of social_account_metrics reads them at /api/social_account_metrics."));
        var id = await VisiblePosts.Request(context, "social_accounts").VisibleRowAsync();
        var (from, until) = Days(context, 30);
        await SendAsync(context, await Service<AccountReports>(context).TimelineAsync(id, await VisiblePosts.RunAsync(context, id), from, until, context.RequestAborted));
    }

    private static async Task BestTimesAsync(HttpContext context)
    {
        var id = await VisiblePosts.Request(context, "social_accounts").VisibleRowAsync();
        var zone = context.Request.Query["time_zone"].ToString() is { Length: > 0 } named ? named : "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) || !known.HasIanaId) throw new ProblemException(Problem.BadRequest("invalid_query", "time_zone is an IANA name, for example Europe/Lisbon.", new FieldError("time_zone", "invalid_value", "Write an IANA name.")));
        var days = Number(context, "days", 180);
        await SendAsync(context, await Service<AccountReports>(context).BestTimesAsync(id, await VisiblePosts.RunAsync(context, id), known.Id, days, context.RequestAborted));
    }

    private static async Task AccountComparisonAsync(HttpContext context)
    {
        var by = By(context);
        var id = await VisiblePosts.Request(context, "social_accounts").VisibleRowAsync();
        await CompareAsync(context, by, id);
    }

    private static Task ComparisonAsync(HttpContext context) => CompareAsync(context, By(context), null);

    private static async Task CompareAsync(HttpContext context, string by, Guid? account)
    {
        // Keys are words of other tables: a role that sees some of their rows alone would read those of the others.
        if (by == "asset_tag") RequireAllRows(context, "content_library");
        if (by == "account" && account is null) RequireAllRows(context, "social_accounts");
        var (from, until) = Days(context, 90);
        var published = (new DateTimeOffset(from.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), new DateTimeOffset(until.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
        await SendAsync(context, await Service<Comparison>(context).RunAsync(by, await VisiblePosts.RunAsync(context, account), account, published, context.RequestAborted));
    }

    private static void RequireAllRows(HttpContext context, string table)
    {
        if (VisiblePosts.Request(context, table).To(TableAction.Read).Rows is not null)
            throw new ProblemException(Problem.Forbidden("not_granted", $"This comparison tells of all of {table}, of which your role sees some rows alone. Choose another value of by."));
    }

    private static string By(HttpContext context) => context.Request.Query["by"].ToString() is { } by && Comparison.By.Contains(by)
        ? by : throw new ProblemException(Problem.BadRequest("invalid_query", $"by is one of {string.Join(", ", Comparison.By)}.", new FieldError("by", "not_allowed", "Unknown comparison.")));

    private static (DateOnly From, DateOnly Until) Days(HttpContext context, int usual)
    {
        var today = DateOnly.FromDateTime(Service<TimeProvider>(context).GetUtcNow().UtcDateTime);
        var until = Day(context, "until") ?? today;
        var from = Day(context, "from") ?? until.AddDays(-usual + 1);
        return from <= until && until.DayNumber - from.DayNumber < MaxDays ? (from, until)
            : throw new ProblemException(Problem.BadRequest("invalid_query", $"from lies at or before until, at most {MaxDays} days.", new FieldError("from", "out_of_range", "Choose a shorter time.")));
    }

    private static DateOnly? Day(HttpContext context, string name) => context.Request.Query[name].ToString() switch
    {
        "" => null,
        var text when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 2200 => day,
        _ => throw new ProblemException(Problem.BadRequest("invalid_query", $"{name} is a day, for example 2026-11-24.", new FieldError(name, "invalid_value", "Write a day."))),
    };

    private static int Number(HttpContext context, string name, int usual) => context.Request.Query[name].ToString() switch
    {
        "" => usual,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxDays => number,
        _ => throw new ProblemException(Problem.BadRequest("invalid_query", $"{name} is a number from 1 to {MaxDays}.", new FieldError(name, "out_of_range", $"From 1 to {MaxDays}."))),
    };

    private static Task SendAsync(HttpContext context, string json) => Results.Text(json, "application/json").ExecuteAsync(context);

    private static T Service<T>(HttpContext context) where T : notnull => context.RequestServices.GetRequiredService<T>();
}
