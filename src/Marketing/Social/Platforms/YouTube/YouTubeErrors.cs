using System.Net;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.YouTube;

/// <summary>What a refusal of YouTube means, by its reason. Source: YouTube Data API, "Errors" and "Quota costs".</summary>
internal static class YouTubeErrors
{
    /// <summary>Zone in which a project's day of quota ends at midnight.</summary>
    private const string PacificTime = "America/Los_Angeles";

    /// <summary>Reads one answer that is no success.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="mayHavePublished">True for the call that makes the video visible: what is no definite refusal is then unconfirmed.</param>
    /// <param name="now">The time.</param>
    public static Outcome Classify(PlatformAnswer.Answered answer, bool mayHavePublished, DateTimeOffset now)
    {
        var error = answer.As(YouTubeJson.Default.YouTubeFailure)?.Error;
        var reason = error?.Errors is [{ Reason: { } first }, ..] ? first : "";
        var words = InWords(answer.Status, error, reason);
        return (answer.Status, reason) switch
        {
            (_, "youtubeSignupRequired" or "authenticatedUserAccountClosed" or "authenticatedUserAccountSuspended") => new Outcome.Disconnect(words),
            (HttpStatusCode.Unauthorized, _) => new Outcome.RefreshToken(words),
            (_, "quotaExceeded" or "dailyLimitExceeded") => new Outcome.RetryLater(UntilMidnightPacific(now), words) { IsOfApp = true },
            (HttpStatusCode.TooManyRequests, _) when error?.Message?.Contains("Video Uploads per day", StringComparison.OrdinalIgnoreCase) == true =>
                new Outcome.RetryLater(UntilMidnightPacific(now), words) { IsOfApp = true },
            (HttpStatusCode.TooManyRequests, _) or (_, "rateLimitExceeded" or "userRateLimitExceeded") => new Outcome.RetryLater(answer.Headers.RetryAfter?.Delta, words),
            (_, "uploadLimitExceeded") => new Outcome.RetryLater(TimeSpan.FromHours(24), words),
            ( >= HttpStatusCode.InternalServerError, _) => Unless(mayHavePublished, words, new Outcome.RetryLater(null, words)),
            // A page of some proxy: YouTube itself always gives a reason.
            (_, "") => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
            (_, "insufficientPermissions") => new Outcome.Reject("account_id", $"{words} Connect the account again and allow everything that is asked for."),
            (_, "forbidden" or "forbiddenPrivacySetting" or "accountDelegationForbidden" or "channelNotFound") => new Outcome.Reject("account_id", words),
            (_, "invalidTitle" or "invalidTags" or "invalidCategoryId" or "defaultLanguageNotSet" or "invalidPublishAt") => new Outcome.Reject("options", words),
            (_, "invalidDescription") => new Outcome.Reject("caption", words),
            (_, "invalidFilename" or "invalidVideoMetadata" or "mediaBodyRequired" or "videoNotFound") => new Outcome.Reject("media_urls", words),
            (_, "backendError" or "internalError") => Unless(mayHavePublished, words, new Outcome.RetryLater(null, words)),
            ( >= HttpStatusCode.BadRequest, _) => new Outcome.Unknown(words),
            _ => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
        };
    }

    /// <summary>What the state of an uploaded video means; null when it is no obstacle.</summary>
    public static Outcome? Classify(YouTubeStatus status) => (status.UploadStatus, status.FailureReason, status.RejectionReason) switch
    {
        ("rejected", _, "uploaderAccountClosed" or "uploaderAccountSuspended") => new Outcome.Disconnect($"YouTube rejected the video: {status.RejectionReason}."),
        ("rejected", _, var reason) => new Outcome.Reject("media_urls", $"YouTube rejected the video: {reason ?? "no reason given"}."),
        ("failed", "uploadAborted", _) => new Outcome.SubmitAgain("YouTube lost the upload of the video."),
        ("failed", var reason, _) => new Outcome.Reject("media_urls", $"YouTube cannot process the video: {reason ?? "no reason given"}."),
        ("deleted", _, _) => new Outcome.Reject("media_urls", "The video was deleted at YouTube before it was published."),
        _ => null,
    };

    /// <summary>The time to the next midnight in Pacific Time, when quotas begin anew.</summary>
    internal static TimeSpan UntilMidnightPacific(DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(PacificTime);
        var midnight = TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(1);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)) - now;
    }

    private static Outcome Unless(bool mayHavePublished, string words, Outcome harmless) => mayHavePublished ? new Outcome.Unconfirmed(words) : harmless;

    private static string InWords(HttpStatusCode status, YouTubeError? error, string reason)
    {
        var text = error?.Message is { Length: > 0 } message ? message : "no message";
        return $"{(text.Length > 500 ? text[..500] : text)} (HTTP {(int)status}{(reason.Length > 0 ? $", {reason}" : "")})";
    }
}
