namespace Marketing.Social.Platforms.TikTok;

/// <summary>
/// What an answer of TikTok means for publishing: <c>error.code</c> decides, since some refusals come with HTTP 200. Sources: TikTok for
/// Developers, "Error Handling", "Direct Post", "Get Post Status" and "Content Sharing Guidelines" (2026).
/// </summary>
internal static class TikTokErrors
{
    /// <summary>The rate limits are those of a sliding minute; no delay is named with the error.</summary>
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    /// <summary>A creator's daily cap holds over all apps; sooner is of no use.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>Reads one error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="mayHavePublished">True for the call that makes TikTok publish: what is no definite refusal is then unconfirmed.</param>
    public static Outcome Classify(TikTokError error, bool mayHavePublished) => error.Code switch
    {
        "access_token_invalid" => new Outcome.RefreshToken(error.InWords()),
        // The token may still read: the account stays connected, and a person must consent to the scope.
        "scope_not_authorized" or "scope_permission_missed" => new Outcome.Reject("account_id", error.InWords()),
        "rate_limit_exceeded" => new Outcome.RetryLater(Minute, error.InWords()),
        "spam_risk_too_many_posts" or "spam_risk_too_many_pending_share" or "reached_active_user_cap" => new Outcome.RetryLater(Day, error.InWords()),
        "spam_risk_user_banned_from_posting" or "unaudited_client_can_only_post_to_private_accounts" => new Outcome.Reject("account_id", error.InWords()),
        "url_ownership_unverified" or "invalid_file_upload" => new Outcome.Reject("media_urls", error.InWords()),
        "privacy_level_option_mismatch" => new Outcome.Reject("options.privacy_level", error.InWords()),
        "invalid_param" or "invalid_params" or "app_version_check_failed" => new Outcome.Reject("post_type", error.InWords()),
        // What an id too old to be remembered gives is not documented; neither tells that the post is not out.
        "invalid_publish_id" or "token_not_authorized_for_specified_publish_id" => new Outcome.Unconfirmed(error.InWords()),
        _ when mayHavePublished => new Outcome.Unconfirmed(error.InWords()),
        "internal_error" => new Outcome.RetryLater(null, error.InWords()),
        _ => new Outcome.Unknown(error.InWords()),
    };

    /// <summary>What the <c>fail_reason</c> of a job that TikTok gave up means.</summary>
    public static Outcome ClassifyFailure(string? reason) => reason switch
    {
        "file_format_check_failed" or "duration_check_failed" or "frame_rate_check_failed" or "picture_size_check_failed" => new Outcome.Reject("media_urls", InWords(reason)),
        "internal" or "video_pull_failed" or "photo_pull_failed" => new Outcome.SubmitAgain(InWords(reason)),
        "publish_cancelled" => new Outcome.Reject("status", InWords(reason)),
        "auth_removed" => new Outcome.Disconnect(InWords(reason)),
        "spam_risk_too_many_posts" => new Outcome.RetryLater(Day, InWords(reason)),
        "spam_risk_text" => new Outcome.Reject("caption", InWords(reason)),
        "spam_risk_user_banned_from_posting" => new Outcome.Reject("account_id", InWords(reason)),
        "spam_risk" => new Outcome.Reject("media_urls", InWords(reason)),
        _ => new Outcome.Unknown(InWords(reason ?? "no reason")),
    };

    private static string InWords(string reason) => $"TikTok gave the post up: {reason}.";
}

/// <summary>An error of TikTok's data endpoints.</summary>
internal sealed record TikTokError(string Code, string? Message, string? LogId)
{
    /// <summary>One line for the attempts, with the log id that TikTok's support asks for.</summary>
    public string InWords() => $"{(Message is { Length: > 0 } ? Message.Length > 500 ? Message[..500] : Message : "no message")} ({Code}{(LogId is null ? "" : $", log_id {LogId}")})";
}
