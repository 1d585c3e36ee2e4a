using System.Globalization;
using Marketing.Problems;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Http;

/// <summary><c>GET /api/{table}</c>.</summary>
internal static class ListEndpoint
{
    /// <summary>Answers with a page of rows, one row, or all rows as text.</summary>
    public static async Task RunAsync(ResourceRequest request)
    {
        var format = Negotiate.Run(request.Context.Request);
        var plan = Stretch(request, request.Plan, format);
        if (format is AnswerFormat.Csv or AnswerFormat.NdJson) await ExportAsync(request, plan.Query, format);
        else await PageAsync(request, plan, format);
    }

    // The stretch of the rows that this request asks for: a Range, a cursor, one row.
    private static ReadPlan Stretch(ResourceRequest request, ReadPlan plan, AnswerFormat format)
    {
        var (http, query) = (request.Context.Request, plan.Query);
        var (limit, offset) = format is AnswerFormat.Csv or AnswerFormat.NdJson ? (query.Limit, query.Offset) : ReadRange(http, query);
        if (format == AnswerFormat.SingleObject) limit = Math.Min(limit ?? 2, 2);
        var stretch = plan.Stretch(limit, offset);
        if (ParseReadQuery.Single(http.Query, "cursor") is not { } cursor) return stretch;
        if (offset > 0 || query.IsGrouped) throw QueryProblems.Refuse("cursor", "not_allowed", "A cursor does not go together with offset or with aggregates.");
        return stretch.At(request.Service<PageCursors>().Read(query, cursor));
    }

    private static async Task PageAsync(ResourceRequest request, ReadPlan plan, AnswerFormat format)
    {
        var (http, response, query) = (request.Context, request.Context.Response, plan.Query);
        if (query.Limit > ReadQuery.MaxLimit) throw QueryProblems.Refuse("limit", "out_of_range", $"limit is at most {ReadQuery.MaxLimit} rows of JSON. Follow the Link header for more, or take everything as text/csv or application/x-ndjson.");
        using var page = await request.Service<ReadPage>().RunAsync(plan, request.Prefer.Count, request.Aborted);
        response.Headers.ContentRange = page.ContentRange;
        response.Headers["Range-Unit"] = "items";
        if (page.Rows == 0 && query.Offset > 0 && page.Total is { } total && query.Offset > total)
            throw new ProblemException(new Problem(416, "range_not_satisfiable", $"There are {total} rows; offset {query.Offset} lies behind them.") { ApiCode = "PGRST103" });
        if (format == AnswerFormat.SingleObject)
        {
            await SendAsync(http, StatusCodes.Status200OK, Single(page), format);
            return;
        }
        Link(http, page);
        request.Prefer.Announce(response);
        response.Headers.ETag = page.ETag;
        if (ETag.IsKnown(http.Request.Headers.IfNoneMatch, page.ETag)) response.StatusCode = StatusCodes.Status304NotModified;
        else await SendAsync(http, page.IsPartial ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK, page.Json, format);
    }

    /// <summary>The one row of a page.</summary>
    /// <exception cref="ProblemException">406: there is none, or more than one.</exception>
    public static ReadOnlyMemory<byte> Single(Page page) => page.Single ?? throw new ProblemException(
        new Problem(406, "not_one_row", page.Rows == 0 ? "No row meets the filter, and exactly one was asked for." : "Several rows meet the filter, and exactly one was asked for. Narrow the filter, or accept application/json.") { ApiCode = "PGRST116" });

    /// <summary>Sends an answer, or for HEAD its headers.</summary>
    public static async Task SendAsync(HttpContext context, int status, ReadOnlyMemory<byte> body, AnswerFormat format)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = Negotiate.ContentType(format);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private static async Task ExportAsync(ResourceRequest request, ReadQuery query, AnswerFormat format)
    {
        var response = request.Context.Response;
        response.ContentType = Negotiate.ContentType(format);
        if (HttpMethods.IsHead(request.Context.Request.Method)) return;
        var export = request.Service<ExportRows>();
        if (format == AnswerFormat.Csv) await export.CsvAsync(query, response.BodyWriter, request.Aborted);
        else await export.NdJsonAsync(query, response.BodyWriter, request.Aborted);
    }

    // "Range: 0-24" counts rows when Range-Unit says items; limit and offset narrow it further.
    private static (int? Limit, int Offset) ReadRange(HttpRequest request, ReadQuery query)
    {
        if (request.Headers.Range.ToString() is not { Length: > 0 } text || request.Headers["Range-Unit"] != "items") return (query.Limit, query.Offset);
        var parts = text.Split('-');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !(parts[1].Length == 0 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            throw QueryProblems.Refuse("Range", "invalid_range", "Write the range as first-last, counted from 0: Range: 0-24.", apiCode: "PGRST103");
        var last = parts[1].Length == 0 ? int.MaxValue : int.Parse(parts[1], CultureInfo.InvariantCulture);
        if (last < first) throw new ProblemException(new Problem(416, "range_not_satisfiable", "The range ends before it begins.") { ApiCode = "PGRST103" });
        var rows = last == int.MaxValue ? int.MaxValue : last - first + 1;
        return (Math.Min(Math.Min(query.Limit ?? int.MaxValue, rows), ReadQuery.MaxLimit), Math.Max(query.Offset, first));
    }

    private static void Link(HttpContext context, Page page)
    {
        var next = page.NextCursor is { } cursor ? $"cursor={cursor}" : page.NextOffset is { } offset ? string.Create(CultureInfo.InvariantCulture, $"offset={offset}") : null;
        var previous = page.PreviousCursor is { } before ? $"cursor={before}" : null;
        if (next is null && previous is null) return;
        var (nextLink, previousLink) = (next is null ? null : $"<{Address(context.Request, next)}>; rel=\"next\"", previous is null ? null : $"<{Address(context.Request, previous)}>; rel=\"prev\"");
        context.Response.Headers.Link = nextLink is not null && previousLink is not null ? $"{nextLink}, {previousLink}" : nextLink ?? previousLink;
    }

    // Relative to the address the caller used, which a proxy may have rewritten.
    private static string Address(HttpRequest request, string place)
    {
        var query = QueryText.ForHeader(QueryText.Without(request.QueryString.Value, "cursor", "offset"));
        return $"{request.PathBase}{request.Path}?{query}{(query.Length == 0 ? "" : "&")}{place}";
    }
}
