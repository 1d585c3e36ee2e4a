using System.Net;
using System.Text.RegularExpressions;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.LinkedIn;

/// <summary>
/// What a refusal of LinkedIn means. Source: LinkedIn, "Error handling" and "Rate limiting"; codes and messages as public programs report them.
/// </summary>
internal static partial class LinkedInErrors
{
    /// <summary>serviceErrorCode of a token that is revoked or expired, and for some seconds of one just made.</summary>
    public const long TokenNotValidYet = 65601;

    /// <summary>Wait after the API's version is found dead: an operator must set another. A choice.</summary>
    private static readonly TimeSpan UntilAnotherVersion = TimeSpan.FromHours(1);

    /// <summary>Reads one answer that is no success.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="mayHavePublished">True for the call that makes the post visible: what is no definite refusal is then unconfirmed.</param>
    /// <param name="now">The time.</param>
    public static Outcome Classify(PlatformAnswer.Answered answer, bool mayHavePublished, DateTimeOffset now)
    {
        var error = answer.As(LinkedInJson.Default.LinkedInError);
        var words = InWords(answer.Status, error);
        return answer.Status switch
        {
            HttpStatusCode.Unauthorized => new Outcome.RefreshToken(words),
            // Limits are counted by the day in UTC; LinkedIn names no delay.
            HttpStatusCode.TooManyRequests => new Outcome.RetryLater(now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime, words),
            HttpStatusCode.UpgradeRequired => new Outcome.RetryLater(UntilAnotherVersion, $"{words} The version of the API is dead: set {LinkedInOptions.Section}:ApiVersion."),
            >= HttpStatusCode.InternalServerError => Unless(mayHavePublished, words, new Outcome.RetryLater(null, words)),
            // A page of some proxy: LinkedIn itself always says what is wrong.
            _ when error?.Message is null => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
            HttpStatusCode.Forbidden => new Outcome.Reject("account_id", words),
            HttpStatusCode.NotFound => new Outcome.Reject("account_id", words),
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => new Outcome.Reject(ColumnOf(error.Message), words),
            >= HttpStatusCode.BadRequest => new Outcome.Unknown(words),
            _ => Unless(mayHavePublished, words, new Outcome.Unknown(words)),
        };
    }

    /// <summary>The post that a text is refused as a duplicate of; empty when LinkedIn does not name it, null when this is no such refusal.</summary>
    public static string? DuplicateOf(PlatformAnswer.Answered answer)
    {
        if (answer.Status != HttpStatusCode.UnprocessableEntity || answer.As(LinkedInJson.Default.LinkedInError) is not { } error) return null;
        var codes = (error.ErrorDetails?.InputErrors ?? []).Select(input => input.Code).Append(error.Code);
        var urn = PostUrn().Match(error.Message ?? "").Value;
        return codes.Contains("DUPLICATE_POST") || error.Message?.Contains("is a duplicate of", StringComparison.OrdinalIgnoreCase) == true ? urn : null;
    }

    private static string ColumnOf(string message) =>
        message.Contains("image", StringComparison.OrdinalIgnoreCase) || message.Contains("video", StringComparison.OrdinalIgnoreCase) || message.Contains("media", StringComparison.OrdinalIgnoreCase) ? "media_urls"
        : message.Contains("article", StringComparison.OrdinalIgnoreCase) || message.Contains("source", StringComparison.OrdinalIgnoreCase) ? "link_url"
        : "caption";

    private static Outcome Unless(bool mayHavePublished, string words, Outcome harmless) => mayHavePublished ? new Outcome.Unconfirmed(words) : harmless;

    private static string InWords(HttpStatusCode status, LinkedInError? error)
    {
        var text = error?.Message is { Length: > 0 } message ? message : "no message";
        var code = error?.ServiceErrorCode is { } service ? $", {service}" : error?.Code is { Length: > 0 } name ? $", {name}" : "";
        return $"{(text.Length > 500 ? text[..500] : text)} (HTTP {(int)status}{code})";
    }

    [GeneratedRegex(@"urn:li:(share|ugcPost):\d+")]
    private static partial Regex PostUrn();
}
