using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Websites.Analytics;

/// <summary>
/// Pulls the figures of websites' pages, once a day each: the days since the last pull and the few before them, which replace what was stored
/// of these days, so that late corrections arrive and nothing is counted twice. <c>page_views</c> and <c>conversions</c> of a page are the sums
/// over all stored days. A pull that fails changes no figure.
/// </summary>
public sealed partial class PullPageViews
{
    private const int WebsitesAtOnce = 20;

    private readonly NpgsqlDataSource database;
    private readonly ReadPageFigures read;
    private readonly AnalyticsOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<PullPageViews> log;

    internal PullPageViews(NpgsqlDataSource database, ReadPageFigures read, IOptions<AnalyticsOptions> options, TimeProvider clock, ILogger<PullPageViews> log) =>
        (this.database, this.read, this.options, this.clock, this.log) = (database, read, options.Value, clock, log);

    /// <summary>Pulls the websites that are due.</summary>
    /// <returns>Websites whose figures were stored.</returns>
    /// <exception cref="NpgsqlException">The database failed; the next run goes on.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!options.IsConfigured) return 0;
        var stored = 0;
        foreach (var website in await TakeAsync(cancellationToken))
        {
            try
            {
                await PullAsync(website, cancellationToken);
                stored++;
            }
            catch (AnalyticsFailure failure)
            {
                await FailAsync(website.Id, failure, cancellationToken);
                LogFailed(website.Id, failure.Message);
            }
        }
        return stored;
    }

    // Taken for a quarter of an hour: a run that dies gives them back by that alone.
    private async Task<List<Website>> TakeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with due as materialized (
                select site.id from marketing.websites site left join marketing_ops.website_pulls pull on pull.website_id = site.id
                where  site.analytics_id is not null and site.domain is not null and coalesce(site.status, 'active') = 'active' and coalesce(pull.due_at, now()) <= now()
                order  by pull.due_at nulls first limit $1),
            taken as (
                insert into marketing_ops.website_pulls as pull (website_id, due_at) select id, now() + interval '15 minutes' from due
                on conflict (website_id) do update set due_at = excluded.due_at where pull.due_at <= now()
                returning website_id, pulled_until)
            select site.id, site.analytics_id, site.domain, taken.pulled_until from taken join marketing.websites site on site.id = taken.website_id
            """);
        command.Parameters.AddWithValue(WebsitesAtOnce);
        var due = new List<Website>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            due.Add(new Website(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3)));
        return due;
    }

    private async Task PullAsync(Website website, CancellationToken cancellationToken)
    {
        var property = options.Property(website.AnalyticsId)
            ?? throw new AnalyticsFailure($"No property is known for analytics_id {website.AnalyticsId}. Name it in Analytics:Properties, or write the property's number into analytics_id.", TimeSpan.FromHours(24));
        // A property's today may be a day ahead of UTC; a day that has not begun there is empty and read again.
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1);
        var from = (website.PulledUntil ?? today.AddDays(-options.FirstDays)).AddDays(-options.RereadDays);
        var host = website.Domain.StartsWith("www.", StringComparison.Ordinal) ? website.Domain["www.".Length..] : website.Domain;
        var figures = await read.RunAsync(property, [host, $"www.{host}"], from, today, cancellationToken);
        await StoreAsync(website.Id, from, today, Pages(figures), cancellationToken);
    }

    // "(other)" and "(not set)" are no pages. Spellings of one path are one page.
    private static List<PageFigures> Pages(IReadOnlyList<PageFigures> figures) =>
    [
        .. figures.Where(row => row.Path.StartsWith('/'))
            .GroupBy(row => (row.Day, Path: Form(row.Path)))
            .Select(page => new PageFigures(page.Key.Day, page.Key.Path, page.Sum(row => row.Views), page.Sum(row => row.Conversions))),
    ];

    /// <summary>A path in the form of <c>marketing_ops.page_path_form</c>.</summary>
    internal static string Form(string path) => path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed.ToLowerInvariant() : "/";

    private async Task StoreAsync(Guid website, DateOnly from, DateOnly until, List<PageFigures> pages, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // First, so that of two pulls of one website the second waits here.
        await ExecuteAsync(connection, "update marketing_ops.website_pulls set due_at = now() + interval '24 hours', pulled_at = now(), pulled_until = $2, failures = 0, error = null where website_id = $1", [website, until], cancellationToken);
        await ExecuteAsync(connection, "delete from marketing_ops.page_figures where website_id = $1 and day between $2 and $3", [website, from, until], cancellationToken);
        await using (var copy = await connection.BeginBinaryImportAsync("copy marketing_ops.page_figures (website_id, day, page_path, page_views, conversions) from stdin (format binary)", cancellationToken))
        {
            foreach (var page in pages)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(website, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(page.Day, NpgsqlDbType.Date, cancellationToken);
                await copy.WriteAsync(page.Path, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(page.Views, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(page.Conversions, NpgsqlDbType.Numeric, cancellationToken);
            }
            await copy.CompleteAsync(cancellationToken);
        }
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
            update marketing.website_pages page set page_views = sums.views, conversions = sums.conversions
            from   (select page_path, least(sum(page_views), {int.MaxValue})::int as views, least(round(sum(conversions)), {int.MaxValue})::int as conversions
                    from marketing_ops.page_figures where website_id = $1 group by page_path) sums
            where  page.website_id = $1 and marketing_ops.page_path_form(page.page_path) = sums.page_path and (page.page_views, page.conversions) is distinct from (sums.views, sums.conversions)
            """), [website], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task FailAsync(Guid website, AnalyticsFailure failure, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update marketing_ops.website_pulls set due_at = now() + $2, failures = failures + 1, error = $3 where website_id = $1");
        command.Parameters.AddWithValue(website);
        command.Parameters.AddWithValue(failure.Wait);
        command.Parameters.AddWithValue(failure.Message);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Website(Guid Id, string AnalyticsId, string Domain, DateOnly? PulledUntil);

    [LoggerMessage(4300, LogLevel.Warning, "The figures of website {WebsiteId} could not be pulled: {Reason}")]
    private partial void LogFailed(Guid websiteId, string reason);
}
