using System.Net;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.X;

/// <summary>What a refusal of X means. Source: X API v2, "Response codes and errors" and "Rate limits"; titles and details as public programs report them.</summary>
internal static class XErrors
{
    /// <summary>Detail of the refusal of a text that the account has posted already.</summary>
    private const string Duplicate = "duplicate content";

    /// <summary>Wait after prepaid credits are used up: an operator must buy some. A choice.</summary>
    private static readonly TimeSpan UntilCredits = TimeSpan.FromHours(1);

    /// <summary>Reads one answer that is no success.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="mayHavePublished">True for the call that makes the post visible: what is no definite refusal is then unconfirmed.</param>
    /// <param name="now">The time.</param>
    public static Outcome Classify(PlatformAnswer.Answered answer, bool mayHavePublished, DateTimeOffset now)
    {
        var problem = answer.As(XJson.Default.XProblem);
        var words = InWords(answer.Status, problem);
        return answer.Status switch
        {
            HttpStatusCode.Unauthorized => new Outcome.RefreshToken(words),
            HttpStatusCode.TooManyRequests => new Outcome.RetryLater(Wait(answer, problem, now), words),
            >= HttpStatusCode.InternalServerError => Unless(mayHavePublished, words, new Outcome.RetryLater(answer.NumberHeader("x-rate-limit-remaining") == 0 ? UntilReset(answer, now) : null, words)),
            // A page of some proxy: X itself always names the problem.
            _ when problem is null => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
            HttpStatusCode.PaymentRequired => new Outcome.RetryLater(UntilCredits, $"{words} X's prepaid credits are used up: an operator must buy more.") { IsOfApp = true },
            HttpStatusCode.BadRequest => new Outcome.Reject(Says(problem, "media") ? "media_urls" : "caption", words),
            HttpStatusCode.Forbidden when IsOfType(problem, "unsupported-authentication") => new Outcome.RefreshToken(words),
            HttpStatusCode.Forbidden when IsDuplicate(answer) => Unless(mayHavePublished, words, new Outcome.Reject("caption", words)),
            HttpStatusCode.Forbidden when Says(problem, "suspended") || Says(problem, "locked") => new Outcome.Disconnect(words),
            HttpStatusCode.Forbidden => new Outcome.Reject("account_id", words),
            HttpStatusCode.NotFound => new Outcome.Reject("post_type", words),
            >= HttpStatusCode.BadRequest => new Outcome.Unknown(words),
            _ => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
        };
    }

    /// <summary>True when X refused a text because the account has posted the same.</summary>
    public static bool IsDuplicate(PlatformAnswer.Answered answer) =>
        answer.Status == HttpStatusCode.Forbidden && answer.As(XJson.Default.XProblem) is { } problem && Says(problem, Duplicate);

    /// <summary>True when X does not know an upload any more.</summary>
    public static bool IsGone(PlatformAnswer.Answered answer) => answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone;

    // Remaining calls and yet refused: a cap of the day or of the month, which no reset tells.
    private static TimeSpan? Wait(PlatformAnswer.Answered answer, XProblem? problem, DateTimeOffset now) =>
        answer.NumberHeader("x-rate-limit-remaining") > 0 || IsOfType(problem, "usage-capped") ? now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime : UntilReset(answer, now);

    private static TimeSpan? UntilReset(PlatformAnswer.Answered answer, DateTimeOffset now) =>
        answer.NumberHeader("x-rate-limit-reset") is { } reset and > 0 and < 253_402_300_799 ? Later(DateTimeOffset.FromUnixTimeSeconds(reset) - now) : null;

    // A second more, since the header has no fractions.
    private static TimeSpan Later(TimeSpan wait) => (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) + TimeSpan.FromSeconds(1);

    private static Outcome Unless(bool mayHavePublished, string words, Outcome harmless) => mayHavePublished ? new Outcome.Unconfirmed(words) : harmless;

    private static bool Says(XProblem problem, string words) => problem.Detail?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsOfType(XProblem? problem, string name) => problem?.Type?.EndsWith("/" + name, StringComparison.Ordinal) == true;

    private static string InWords(HttpStatusCode status, XProblem? problem)
    {
        var text = problem switch { { Detail.Length: > 0 } => problem.Detail, { Title.Length: > 0 } => problem.Title, _ => "no message" };
        return $"{(text.Length > 500 ? text[..500] : text)} (HTTP {(int)status}{(problem?.Title is { } title ? $", {title}" : "")})";
    }
}
