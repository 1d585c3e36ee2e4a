using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Marketing.Problems;

/// <summary>
/// Headers of every answer: what browsers must not do with it, and which other sites' pages may read it. Origins are listed in the setting
/// <c>Cors:Origins</c>, separated by commas; none may unless it is set.
/// </summary>
internal sealed class ResponseHeaders(RequestDelegate next, IConfiguration configuration)
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private const string RequestHeaders = "authorization, x-api-key, content-type, accept, prefer, range, range-unit, if-match, if-none-match, idempotency-key, on-behalf-of, x-client-info, accept-profile, content-profile";
    private const string Exposed = "etag, link, location, content-range, preference-applied, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, idempotency-replayed";

    private readonly HashSet<string> origins = new((configuration["Cors:Origins"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);

    /// <summary>Answers one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        context.Response.OnStarting(static state =>
        {
            var sent = ((HttpContext)state).Response.Headers;
            sent.XContentTypeOptions = "nosniff";
            sent["Referrer-Policy"] = "no-referrer";
            sent.StrictTransportSecurity = "max-age=31536000";
            if (sent.ContentSecurityPolicy.Count == 0) sent.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            if (sent.CacheControl.Count == 0) sent.CacheControl = "private, no-cache";
            return Task.CompletedTask;
        }, context);
        if (context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin || !origins.Contains(origin)) return next(context);

        context.Response.OnStarting(() =>
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = Exposed;
            headers.Append("Vary", "Origin");
            return Task.CompletedTask;
        });
        if (!HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0) return next(context);
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = RequestHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
