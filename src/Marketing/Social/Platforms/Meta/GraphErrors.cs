namespace Marketing.Social.Platforms.Meta;

/// <summary>
/// What an answer of the Graph API means for publishing to Instagram and to Facebook, by code and subcode; the HTTP status does not
/// decide. Sources: Graph API, "Handling errors" and "Rate limits"; Instagram Platform, "Error codes" (2026). Subcodes 492 and 2207018
/// to 2207085 beyond the table, and the meaning of 100/33, are seen in public programs and unverified.
/// </summary>
internal static class GraphErrors
{
    /// <summary>Reads one error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="mayHavePublished">True for the call that makes the post visible: what is no definite refusal is then unconfirmed.</param>
    public static Outcome Classify(GraphError error, bool mayHavePublished) => (error.Code, error.ErrorSubcode) switch
    {
        // Throttled: a definite refusal, also of a publish.
        (4, 2207051) => Unless(mayHavePublished, error, new Outcome.Reject("caption", error.InWords())),
        (4 or 17 or 32 or 341 or 613, _) or ( >= 80000 and <= 80014, _) => new Outcome.RetryLater(error.RegainAccessAfter, error.InWords()),
        (9, 2207042) => new Outcome.RetryLater(error.RegainAccessAfter ?? TimeSpan.FromHours(1), error.InWords()),

        // Whatever the code, Meta says that it will pass.
        _ when error.IsTransient => Unless(mayHavePublished, error, new Outcome.RetryLater(error.RegainAccessAfter, error.InWords())),

        // An account that a person must connect again. Nothing else disconnects an account.
        (190, 458 or 459 or 460 or 464 or 492) => new Outcome.Disconnect(error.InWords()),
        (190 or 102, _) => new Outcome.RefreshToken(error.InWords()),

        // "Not ready" is a refusal of a publish that came too early.
        (9007, 2207027) => new Outcome.Processing(),

        // The media.
        (36000 or 36001 or 36003, _) or (352, 2207026) or (1, 2207057) => new Outcome.Reject("media_urls", error.InWords()),
        (36004, _) => new Outcome.Reject("caption", error.InWords()),
        (9004, 2207052) or (-2, 2207003) => new Outcome.RetryLater(null, error.InWords()),
        (24, 2207006 or 2207008) => new Outcome.SubmitAgain(error.InWords()),
        (-2, 2207020) or (-1, 2207032 or 2207053) => Unless(mayHavePublished, error, new Outcome.SubmitAgain(error.InWords())),

        (_, 2207018) => new Outcome.Reject("collaborators", error.InWords()),
        (_, 2207081 or 2207085) => new Outcome.Reject("media_urls", error.InWords()),

        // Facebook's videos, and links that cannot be scraped.
        (382 or 6000, _) => new Outcome.Reject("media_urls", error.InWords()),
        (389 or 6001, _) => Unless(mayHavePublished, error, new Outcome.RetryLater(null, error.InWords())),
        (1609005, _) => new Outcome.Reject("link_url", error.InWords()),

        // Says that the previous post was the same, which may be our own success whose answer was lost.
        (506, _) => Unless(mayHavePublished, error, new Outcome.Reject("caption", error.InWords())),

        (25 or 368, _) => new Outcome.Reject("account_id", error.InWords()),
        (3 or 10, _) or ( >= 200 and <= 299, _) => new Outcome.Reject("account_id", error.InWords()),
        (100, 33) => new Outcome.Unknown(error.InWords()),
        (100, 2207023 or 2207028) => new Outcome.Reject("media_urls", error.InWords()),
        (100, 2207035 or 2207036 or 2207037 or 2207040) => new Outcome.Reject("mentions", error.InWords()),
        (100, _) => new Outcome.Reject("post_type", error.InWords()),

        (1 or 2 or -1, _) => Unless(mayHavePublished, error, new Outcome.RetryLater(error.RegainAccessAfter, error.InWords())),
        _ => Unless(mayHavePublished, error, new Outcome.Unknown(error.InWords())),
    };

    /// <summary>What a container in state ERROR means. Its <c>status</c> carries the number, as in "Error: Media upload has failed with error code 2207026" (form unverified).</summary>
    public static Outcome ClassifyContainer(string? status) => LastNumber(status) switch
    {
        2207004 or 2207005 or 2207009 or 2207026 or 2207085 => new Outcome.Reject("media_urls", status!),
        2207010 => new Outcome.Reject("caption", status!),
        _ => new Outcome.SubmitAgain(status ?? "The container failed without a reason."),
    };

    private static Outcome Unless(bool mayHavePublished, GraphError error, Outcome harmless) =>
        mayHavePublished ? new Outcome.Unconfirmed(error.InWords()) : harmless;

    private static int LastNumber(string? status)
    {
        var match = System.Text.RegularExpressions.Regex.Match(status ?? "", @"\b22\d{5}\b", System.Text.RegularExpressions.RegexOptions.RightToLeft);
        return match.Success ? int.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }
}
