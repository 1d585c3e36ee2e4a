using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>How Meta's servers answer: errors with codes, subcodes and a trace id, and usage headers.</summary>
internal static class GraphReplies
{
    /// <summary>Writes an answer.</summary>
    public static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    /// <summary>Writes an error; the subcode is left out when it is 0, as Meta does where it has none.</summary>
    public static Task RefuseAsync(HttpContext context, int status, int code, int subcode, string message)
    {
        context.Response.StatusCode = status;
        var error = new JsonObject { ["message"] = message, ["type"] = "OAuthException", ["code"] = code, ["is_transient"] = false, ["fbtrace_id"] = $"A{Guid.NewGuid():N}"[..24] };
        if (subcode != 0) error["error_subcode"] = subcode;
        return WriteAsync(context, new JsonObject { ["error"] = error });
    }

    /// <summary>Says how much of the hour's calls an account has used; at 100 the call is refused with the minutes to wait.</summary>
    /// <returns>True when the call was answered here.</returns>
    public static async Task<bool> ThrottleAsync(HttpContext context, string type, string account, int usedPercent)
    {
        var isOver = usedPercent >= 100;
        context.Response.Headers["X-App-Usage"] = new JsonObject { ["call_count"] = Math.Min(usedPercent, 100), ["total_time"] = 1, ["total_cputime"] = 1 }.ToJsonString();
        context.Response.Headers["X-Business-Use-Case-Usage"] = new JsonObject
        {
            [account] = new JsonArray(new JsonObject
            {
                ["type"] = type,
                ["call_count"] = Math.Min(usedPercent, 100),
                ["total_cputime"] = 1,
                ["total_time"] = 1,
                ["estimated_time_to_regain_access"] = isOver ? 1 : 0,
            }),
        }.ToJsonString();
        if (!isOver) return false;
        await RefuseAsync(context, 400, type == "instagram" ? 80002 : 80001, 2446079, "There have been too many calls from this account. Wait a bit and try again.");
        return true;
    }

    /// <summary>The token, wherever Meta takes one.</summary>
    public static string Token(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        foreach (var scheme in new[] { "Bearer ", "OAuth " })
            if (header.StartsWith(scheme, StringComparison.Ordinal)) return header[scheme.Length..];
        return request.Query["access_token"].ToString() is { Length: > 0 } query ? query : request.HasFormContentType ? request.Form["access_token"].ToString() : "";
    }

    /// <summary>A time as Meta writes it.</summary>
    public static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+0000";

    /// <summary>Reads a time that <see cref="Time"/> wrote.</summary>
    public static DateTimeOffset ParseTime(string at) => DateTimeOffset.Parse(at.Replace("+0000", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    /// <summary>The time of <c>since</c> in the query; the beginning of time when there is none.</summary>
    public static DateTimeOffset Since(HttpRequest request) =>
        long.TryParse(request.Query["since"], CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.MinValue;
}
