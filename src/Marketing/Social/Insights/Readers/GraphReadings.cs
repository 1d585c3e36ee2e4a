using System.Text.Json;
using Marketing.Social.Accounts.Connectors;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>What insights of the Graph API have in common: values by name, and what its errors mean for reading. Source: Graph API, "Handling errors" and "Rate limits".</summary>
internal static class GraphReadings
{
    // Of the app's hour, per cent; beyond it Meta refuses, and calling on makes the refusal longer.
    private const int Nearly = 95;

    /// <summary>Values by metric: the last of a series, or the total. A metric that is not there was not measured.</summary>
    public static Dictionary<string, long> Values(JsonElement body)
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var metric in body.Member("data").Items())
        {
            var series = metric.Member("values");
            var value = metric.Member("total_value").Count("value") ?? (series.ValueKind == JsonValueKind.Array && series.GetArrayLength() > 0 ? series[series.GetArrayLength() - 1].Count("value") : null);
            if (metric.Text("name") is { } name && value is { } number) values[name] = number;
        }
        return values;
    }

    /// <summary>What ends reading in this answer; null to go on.</summary>
    public static Reading.Stop? Ends(InsightsAnswer answer)
    {
        if (answer.Stop is { } stop) return stop;
        var (code, reason) = Error(answer);
        return code switch
        {
            190 or 102 => new Reading.Stop(reason, null) { IsTokenRefused = true },
            4 => new Reading.Stop(reason, RegainAccess(answer) ?? TimeSpan.FromMinutes(30)) { IsForWholeApp = true },
            17 or 32 or 341 or 613 or (>= 80000 and <= 80014) => new Reading.Stop(reason, RegainAccess(answer) ?? TimeSpan.FromMinutes(30)),
            _ => null,
        };
    }

    /// <summary>What an answer that holds no figures means for the post; null when it holds some.</summary>
    public static Reading? Refusal(InsightsAnswer answer, PostToRead post)
    {
        if (answer.IsOk && answer.Body.Member("error").ValueKind == JsonValueKind.Undefined) return null;
        var (code, reason) = Error(answer);
        return code switch
        {
            // Fewer than five viewers of a story; no matter of rights.
            10 when post.PostType == "story" => new Reading.NothingYet(post.PostId, reason),
            100 when answer.Body.Member("error").Count("error_subcode") == 33 => new Reading.Missing(post.PostId, reason),
            _ => new Reading.Failed(post.PostId, reason),
        };
    }

    /// <summary>Why the account's figures could not be read; null when they could.</summary>
    public static string? AccountRefusal(InsightsAnswer answer) => answer.IsOk && answer.Body.Member("error").ValueKind == JsonValueKind.Undefined ? null : Error(answer).Reason;

    /// <summary>The end of reading that the usage of the app announces; null while there is room.</summary>
    public static Reading.Stop? NearLimit(InsightsAnswer answer)
    {
        if (answer.Answer.Header("X-App-Usage") is not { } text) return null;
        try
        {
            using var usage = JsonDocument.Parse(text);
            var most = new[] { usage.RootElement.Count("call_count"), usage.RootElement.Count("total_time"), usage.RootElement.Count("total_cputime") }.Max();
            return most >= Nearly ? new Reading.Stop($"The app has used {most} % of Meta's hour.", TimeSpan.FromMinutes(30)) { IsForWholeApp = true } : null;
        }
        catch (JsonException)
        {
            return null; // A header that cannot be read tells no usage.
        }
    }

    private static (long Code, string Reason) Error(InsightsAnswer answer)
    {
        var error = answer.Body.Member("error");
        return (error.Count("code") ?? 0, PlatformWords.Clean(error.Text("message"), answer.Answer.ToString()));
    }

    // Minutes, for each of our business objects.
    private static TimeSpan? RegainAccess(InsightsAnswer answer)
    {
        if (answer.Answer.Header("X-Business-Use-Case-Usage") is not { } text) return null;
        try
        {
            using var usage = JsonDocument.Parse(text);
            if (usage.RootElement.ValueKind != JsonValueKind.Object) return null;
            var minutes = usage.RootElement.EnumerateObject().SelectMany(entry => entry.Value.Items()).Max(entry => entry.Count("estimated_time_to_regain_access")) ?? 0;
            return minutes > 0 ? TimeSpan.FromMinutes(Math.Min(minutes, 24 * 60)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
