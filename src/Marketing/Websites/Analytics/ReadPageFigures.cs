using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Operations.Outbound;
using Microsoft.Extensions.Options;

namespace Marketing.Websites.Analytics;

/// <summary>A page's figures of one day.</summary>
/// <param name="Day">Day in the property's time zone.</param>
/// <param name="Path">Path as it was asked for, without a query.</param>
/// <param name="Views">Page views.</param>
/// <param name="Conversions">Key events.</param>
internal sealed record PageFigures(DateOnly Day, string Path, long Views, decimal Conversions);

/// <summary>Reads pages' views and key events by day from the GA4 Data API (<c>runReport</c>), page after page of the answer.</summary>
internal sealed class ReadPageFigures(JsonHttp http, GoogleToken token, IOptions<AnalyticsOptions> options)
{
    private const int RowsAtOnce = 10_000;
    private const int MostRows = 1_000_000;
    private static readonly TimeSpan NextHour = TimeSpan.FromHours(1);
    private static readonly TimeSpan NextDay = TimeSpan.FromHours(24);

    /// <summary>Reads.</summary>
    /// <param name="property">Number of the property.</param>
    /// <param name="hosts">Host names whose pages count.</param>
    /// <param name="from">First day.</param>
    /// <param name="until">Last day.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="AnalyticsFailure">Not all of it could be read.</exception>
    public async Task<IReadOnlyList<PageFigures>> RunAsync(string property, IReadOnlyList<string> hosts, DateOnly from, DateOnly until, CancellationToken cancellationToken)
    {
        var figures = new List<PageFigures>();
        for (var offset = 0; offset < MostRows; offset += RowsAtOnce)
        {
            var answer = await AskAsync(property, Request(hosts, from, until, offset), cancellationToken);
            // The member is missing when there is nothing.
            if (answer.TryGetProperty("rows", out var rows))
                foreach (var row in rows.EnumerateArray())
                    if (Row(row) is { } page) figures.Add(page);
            if (!answer.TryGetProperty("rowCount", out var count) || offset + RowsAtOnce >= count.GetInt32()) return figures;
        }
        throw new AnalyticsFailure($"The report has more than {MostRows} rows.", NextDay);
    }

    private static string Request(IReadOnlyList<string> hosts, DateOnly from, DateOnly until, int offset) => new JsonObject
    {
        ["dateRanges"] = new JsonArray(new JsonObject { ["startDate"] = Iso(from), ["endDate"] = Iso(until) }),
        ["dimensions"] = new JsonArray(new JsonObject { ["name"] = "date" }, new JsonObject { ["name"] = "pagePath" }),
        ["metrics"] = new JsonArray(new JsonObject { ["name"] = "screenPageViews" }, new JsonObject { ["name"] = "keyEvents" }),
        ["dimensionFilter"] = new JsonObject { ["filter"] = new JsonObject { ["fieldName"] = "hostName", ["inListFilter"] = new JsonObject { ["values"] = new JsonArray([.. hosts.Select(host => JsonValue.Create(host))]) } } },
        // An order of its own, so that pages of the answer neither overlap nor leave gaps.
        ["orderBys"] = new JsonArray(new JsonObject { ["dimension"] = new JsonObject { ["dimensionName"] = "date" } }, new JsonObject { ["dimension"] = new JsonObject { ["dimensionName"] = "pagePath" } }),
        ["limit"] = RowsAtOnce.ToString(CultureInfo.InvariantCulture),
        ["offset"] = offset.ToString(CultureInfo.InvariantCulture),
    }.ToJsonString();

    private async Task<JsonElement> AskAsync(string property, string request, CancellationToken cancellationToken)
    {
        var url = $"{options.Value.ApiUrl.TrimEnd('/')}/properties/{property}:runReport";
        var bearer = await token.GetAsync(refused: null, cancellationToken);
        var answer = await http.PostJsonAsync(url, request, bearer, cancellationToken);
        if (answer.Status == 401) answer = await http.PostJsonAsync(url, request, await token.GetAsync(bearer, cancellationToken), cancellationToken);
        if (answer.Status == 200 && answer.Body.ValueKind == JsonValueKind.Object) return answer.Body;
        throw answer.Status switch
        {
            // Which of the quotas is used up is told in words alone; the hourly one is asked first.
            429 => new AnalyticsFailure("The property's quota is used up.", NextHour),
            403 => new AnalyticsFailure($"The service account may not read property {property}. Make it a Viewer.", NextDay),
            400 or 404 => new AnalyticsFailure($"Google refuses the report of property {property} ({answer.Status}). Check analytics_id and Analytics:Properties.", NextDay),
            401 => new AnalyticsFailure("Google refuses the service account's token.", NextHour),
            // Errors of the server cost a quota of their own, so they are not repeated at once.
            _ => new AnalyticsFailure($"Google did not answer the report ({answer.Status}).", NextHour),
        };
    }

    // Where GA4 has too many values it puts the rest into "(other)", in every dimension: such a row is of no day and no page.
    private static PageFigures? Row(JsonElement row)
    {
        try
        {
            var (dimensions, metrics) = (row.GetProperty("dimensionValues"), row.GetProperty("metricValues"));
            return DateOnly.TryParseExact(Text(dimensions[0]), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? new PageFigures(day, Text(dimensions[1]), long.Parse(Text(metrics[0]), CultureInfo.InvariantCulture), decimal.Parse(Text(metrics[1]), NumberStyles.Float, CultureInfo.InvariantCulture))
                : null;
        }
        catch (Exception strange) when (strange is FormatException or OverflowException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new AnalyticsFailure("Google's report has a form that this version does not know.", NextDay);
        }
    }

    private static string Text(JsonElement value) => value.GetProperty("value").GetString()!;

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
