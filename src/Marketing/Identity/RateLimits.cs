using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using Marketing.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Identity;

/// <summary>How many requests one caller may make of one process, section <c>RateLimit</c>.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "RateLimit";

    /// <summary>Requests a second over time; 0 for no limit.</summary>
    [Range(0, 1_000_000, ErrorMessage = "RateLimit:RequestsPerSecond must be from 0 (no limit) to 1000000. Example: 100")]
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>Requests that may come at once after a quiet time.</summary>
    [Range(1, 1_000_000, ErrorMessage = "RateLimit:Burst must be from 1 to 1000000. Example: 1000")]
    public int Burst { get; set; } = 1000;
}

/// <summary>
/// A token bucket per caller. Answers carry <c>RateLimit-Limit</c>, <c>RateLimit-Remaining</c> and <c>RateLimit-Reset</c> (seconds), as in
/// draft-ietf-httpapi-ratelimit-headers-07; a refusal carries <c>Retry-After</c>.
/// </summary>
internal sealed class RateLimits(IOptions<RateLimitOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string>? limiter = options.Value.RequestsPerSecond == 0 ? null : PartitionedRateLimiter.Create<string, string>(subject =>
        RateLimitPartition.GetTokenBucketLimiter(subject, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.Burst,
            TokensPerPeriod = options.Value.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Counts a request.</summary>
    /// <returns>429 when the caller must wait; null when it may go on.</returns>
    public Problem? Refuse(HttpContext context, Caller caller)
    {
        if (limiter is null) return null;
        using var lease = limiter.AttemptAcquire(caller.Subject);
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = options.Value.Burst.ToString(CultureInfo.InvariantCulture);
        var left = limiter.GetStatistics(caller.Subject)?.CurrentAvailablePermits ?? 0;
        headers["RateLimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = Math.Ceiling((double)(options.Value.Burst - left) / options.Value.RequestsPerSecond).ToString(CultureInfo.InvariantCulture);
        return lease.IsAcquired ? null : new Problem(429, "rate_limited", $"More than {options.Value.RequestsPerSecond} requests a second. Wait a second, then go on slower.") { RetryAfterSeconds = 1 };
    }

    /// <inheritdoc />
    public void Dispose() => limiter?.Dispose();
}
