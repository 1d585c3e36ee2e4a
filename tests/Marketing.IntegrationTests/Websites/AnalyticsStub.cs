using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.IntegrationTests.Websites;

/// <summary>Google's token endpoint and the GA4 Data API over rows that a test arranges: it checks assertions, filters by day and host, and answers in pages.</summary>
internal sealed class AnalyticsStub(RSA key) : IAsyncDisposable
{
    private StubServer server = null!;
    private int tokens;

    /// <summary>Rows: day, host, path, views, key events.</summary>
    public List<(DateOnly Day, string Host, string Path, long Views, double KeyEvents)> Rows { get; } = [];

    /// <summary>A row that is added to every first page: date, path and views as text; null for none.</summary>
    public (string Date, string Path, string Views)? Other { get; set; }

    /// <summary>Status of the next reports, in place of an answer.</summary>
    public Queue<int> Failures { get; } = [];

    /// <summary>Tokens given.</summary>
    public int Tokens => tokens;

    /// <summary>Requests of reports.</summary>
    public List<JsonNode> Requests { get; } = [];

    public string Address => server.Address;

    public async Task StartAsync() => server = await StubServer.StartAsync(app =>
    {
        app.MapPost("/token", TokenAsync);
        app.MapPost("/v1beta/properties/{report}", ReportAsync);
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var parts = form["assertion"].ToString().Split('.');
        var isSigned = parts.Length == 3 && key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var claims = isSigned ? JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))! : null;
        if (form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" || (string?)claims?["aud"] != $"{Address}/token")
        {
            await AnswerAsync(context, 400, """{"error":"invalid_grant"}""");
            return;
        }
        await AnswerAsync(context, 200, $"{{\"access_token\":\"ya29.{Interlocked.Increment(ref tokens)}\",\"expires_in\":3599,\"token_type\":\"Bearer\"}}");
    }

    private async Task ReportAsync(HttpContext context)
    {
        if (Failures.TryDequeue(out var status))
        {
            await AnswerAsync(context, status, $"{{\"error\":{{\"code\":{status},\"status\":\"FAILED\",\"message\":\"as arranged\"}}}}");
            return;
        }
        if (context.Request.Headers.Authorization != $"Bearer ya29.{tokens}" || (string?)context.Request.RouteValues["report"] != "4711:runReport")
        {
            await AnswerAsync(context, 403, """{"error":{"code":403,"status":"PERMISSION_DENIED"}}""");
            return;
        }
        var request = (await JsonNode.ParseAsync(context.Request.Body))!;
        Requests.Add(request);
        var range = request["dateRanges"]![0]!;
        var (from, until) = (Day((string)range["startDate"]!), Day((string)range["endDate"]!));
        var hosts = request["dimensionFilter"]!["filter"]!["inListFilter"]!["values"]!.AsArray().Select(host => (string)host!).ToList();
        var all = Rows.Where(row => row.Day >= from && row.Day <= until && hosts.Contains(row.Host)).OrderBy(row => row.Day).ThenBy(row => row.Path, StringComparer.Ordinal).ToList();
        var (offset, limit) = (int.Parse((string)request["offset"]!, CultureInfo.InvariantCulture), int.Parse((string)request["limit"]!, CultureInfo.InvariantCulture));
        var page = all.Skip(offset).Take(limit).Select(row => new
        {
            dimensionValues = new[] { new { value = row.Day.ToString("yyyyMMdd", CultureInfo.InvariantCulture) }, new { value = row.Path } },
            metricValues = new[] { new { value = row.Views.ToString(CultureInfo.InvariantCulture) }, new { value = row.KeyEvents.ToString(CultureInfo.InvariantCulture) } },
        }).ToList();
        if (Other is { } other && offset == 0) page.Add(new { dimensionValues = new[] { new { value = other.Date }, new { value = other.Path } }, metricValues = new[] { new { value = other.Views }, new { value = "0" } } });
        // "rows" is missing where there are none.
        await AnswerAsync(context, 200, page.Count == 0 ? $"{{\"rowCount\":{all.Count}}}" : JsonSerializer.Serialize(new { rows = page, rowCount = all.Count }));
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
