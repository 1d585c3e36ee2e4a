using System.Net;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.Pinterest;

/// <summary>
/// What a refusal of Pinterest means. Decided by status and message, since most code numbers are unverified. Source: Pinterest API v5;
/// messages as public programs report them.
/// </summary>
internal static class PinterestErrors
{
    /// <summary>Wait after Pinterest takes the account for a spammer. A choice: it asks to slow down and names no time.</summary>
    private static readonly TimeSpan UntilTrusted = TimeSpan.FromHours(2);

    /// <summary>Reads one answer that is no success.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="mayHavePublished">True for the call that makes the pin visible: what is no definite refusal is then unconfirmed.</param>
    /// <param name="now">The time.</param>
    public static Outcome Classify(PlatformAnswer.Answered answer, bool mayHavePublished, DateTimeOffset now)
    {
        var error = answer.As(PinterestJson.Default.PinterestError);
        var words = InWords(answer.Status, error);
        var message = error?.Message ?? "";
        return answer.Status switch
        {
            HttpStatusCode.Unauthorized => new Outcome.RefreshToken(words),
            HttpStatusCode.TooManyRequests => new Outcome.RetryLater(Wait(answer, now), words),
            >= HttpStatusCode.InternalServerError => Unless(mayHavePublished, words, new Outcome.RetryLater(null, words)),
            // A page of some proxy: Pinterest itself always says what is wrong.
            _ when message.Length == 0 => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
            HttpStatusCode.BadRequest or HttpStatusCode.Forbidden when Says("spam") => new Outcome.RetryLater(UntilTrusted, words),
            // Pinterest fetches images itself; a server that is down for a moment deserves some more tries, not a day of them.
            HttpStatusCode.BadRequest when Says("could not fetch") || Says("unable to reach") => new Outcome.Unknown(words),
            HttpStatusCode.BadRequest when Says("cover_image") || Says("media") || Says("image") => new Outcome.Reject("media_urls", words),
            HttpStatusCode.BadRequest when Says("board") => new Outcome.Reject("options", words),
            HttpStatusCode.BadRequest when Says("link") => new Outcome.Reject("link_url", words),
            HttpStatusCode.BadRequest => new Outcome.Reject("caption", words),
            HttpStatusCode.Forbidden => new Outcome.Reject("account_id", words),
            HttpStatusCode.NotFound => new Outcome.Reject("options", words),
            >= HttpStatusCode.BadRequest => new Outcome.Unknown(words),
            _ => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
        };

        bool Says(string part) => message.Contains(part, StringComparison.OrdinalIgnoreCase);
    }

    // Whether X-RateLimit-Reset counts seconds from now or from 1970 is unverified: the size of the number tells.
    private static TimeSpan? Wait(PlatformAnswer.Answered answer, DateTimeOffset now) => answer.Headers.RetryAfter?.Delta ?? answer.NumberHeader("X-RateLimit-Reset") switch
    {
        > 0 and < 1_000_000_000 and var seconds => TimeSpan.FromSeconds(seconds),
        >= 1_000_000_000 and < 253_402_300_799 and var second when DateTimeOffset.FromUnixTimeSeconds(second) - now is var wait && wait > TimeSpan.Zero => wait,
        _ => null,
    };

    private static Outcome Unless(bool mayHavePublished, string words, Outcome harmless) => mayHavePublished ? new Outcome.Unconfirmed(words) : harmless;

    private static string InWords(HttpStatusCode status, PinterestError? error)
    {
        var text = error?.Message is { Length: > 0 } message ? message : "no message";
        return $"{(text.Length > 500 ? text[..500] : text)} (HTTP {(int)status}{(error?.Code is { } code ? $", code {code}" : "")})";
    }
}
