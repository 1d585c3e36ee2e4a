using Marketing.Operations.Outbound;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>
/// What a refusal of a token endpoint means (RFC 6749, section 5.2, and the platforms' habits). Only an answer about the code or the refresh
/// token itself is final; whatever is not understood may pass.
/// </summary>
internal static class OAuthErrors
{
    /// <summary>Reads a refusal; null when the answer is none.</summary>
    public static TokenAnswer? Classify(JsonAnswer answer)
    {
        if (answer.LostReason is { } lost) return answer.MayHaveArrived ? new TokenAnswer.Lost(lost) : new TokenAnswer.TryLater(lost);
        var error = answer.Body.Text("error");
        // TikTok may answer 200 with an error; Pinterest sends code and message.
        if (answer.Status is >= 200 and < 300 && error is null) return answer.IsOk ? null : new TokenAnswer.Lost($"HTTP {answer.Status} without an answer that can be read.");
        var words = PlatformWords.Clean(answer.Body.Text("error_description") ?? answer.Body.Text("message") ?? error, $"HTTP {answer.Status}");
        var reason = error is null || words == error ? words : $"{error}: {words}";
        return (error, answer.Status) switch
        {
            ("invalid_grant", _) => new TokenAnswer.Revoked(reason),
            // X says so of a refresh token that is spent or unknown.
            ("invalid_request", 400) when words.Contains("token was invalid", StringComparison.OrdinalIgnoreCase) => new TokenAnswer.Revoked(reason),
            ("access_denied", _) => new TokenAnswer.Revoked(reason),
            ("invalid_client" or "unauthorized_client" or "invalid_scope" or "unsupported_grant_type" or "invalid_request" or "unsupported_response_type", _) => new TokenAnswer.Misconfigured(reason),
            (_, 429) => new TokenAnswer.TryLater(reason, answer.RetryAfter ?? TimeSpan.FromMinutes(1)),
            // A gateway's 5xx says nothing about what happened behind it.
            (null, >= 500) => new TokenAnswer.Lost(reason),
            _ => new TokenAnswer.TryLater(reason, answer.RetryAfter),
        };
    }
}
