using System.Net;
using System.Text.Json;
using Marketing.Social.Platforms;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.LinkedIn;
using Marketing.Social.Platforms.Pinterest;
using Marketing.Social.Platforms.X;
using Marketing.Social.Platforms.YouTube;

namespace Marketing.Tests.Social;

/// <summary>What each documented refusal of YouTube, X, LinkedIn and Pinterest means, before a post may be out and after.</summary>
public sealed class OtherPlatformErrorsTests
{
    /// <summary>A Wednesday in winter: 10:30 in Los Angeles.</summary>
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 18, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(401, "authError", nameof(Outcome.RefreshToken))]
    [InlineData(401, "unauthorized", nameof(Outcome.RefreshToken))]
    [InlineData(401, "youtubeSignupRequired", nameof(Outcome.Disconnect))]
    [InlineData(403, "quotaExceeded", nameof(Outcome.RetryLater))]
    [InlineData(403, "dailyLimitExceeded", nameof(Outcome.RetryLater))]
    [InlineData(403, "rateLimitExceeded", nameof(Outcome.RetryLater))]
    [InlineData(429, "userRateLimitExceeded", nameof(Outcome.RetryLater))]
    [InlineData(400, "uploadLimitExceeded", nameof(Outcome.RetryLater))]
    [InlineData(403, "uploadLimitExceeded", nameof(Outcome.RetryLater))]
    [InlineData(403, "authenticatedUserAccountClosed", nameof(Outcome.Disconnect))]
    [InlineData(403, "authenticatedUserAccountSuspended", nameof(Outcome.Disconnect))]
    [InlineData(403, "insufficientPermissions", nameof(Outcome.Reject))]
    [InlineData(403, "forbidden", nameof(Outcome.Reject))]
    [InlineData(403, "forbiddenPrivacySetting", nameof(Outcome.Reject))]
    [InlineData(403, "accountDelegationForbidden", nameof(Outcome.Reject))]
    [InlineData(400, "invalidTitle", nameof(Outcome.Reject))]
    [InlineData(400, "invalidDescription", nameof(Outcome.Reject))]
    [InlineData(400, "invalidTags", nameof(Outcome.Reject))]
    [InlineData(400, "invalidCategoryId", nameof(Outcome.Reject))]
    [InlineData(400, "invalidPublishAt", nameof(Outcome.Reject))]
    [InlineData(400, "invalidFilename", nameof(Outcome.Reject))]
    [InlineData(400, "invalidVideoMetadata", nameof(Outcome.Reject))]
    [InlineData(400, "mediaBodyRequired", nameof(Outcome.Reject))]
    [InlineData(400, "defaultLanguageNotSet", nameof(Outcome.Reject))]
    [InlineData(404, "videoNotFound", nameof(Outcome.Reject))]
    [InlineData(404, "channelNotFound", nameof(Outcome.Reject))]
    [InlineData(503, "backendError", nameof(Outcome.RetryLater), nameof(Outcome.Unconfirmed))]
    [InlineData(500, "internalError", nameof(Outcome.RetryLater), nameof(Outcome.Unconfirmed))]
    [InlineData(400, "somethingNew", nameof(Outcome.Unknown))]
    public void YouTube(int status, string reason, string means, string? afterFinalise = null)
    {
        var answer = Answer(status, JsonSerializer.Serialize(new { error = new { code = status, message = "m", errors = new[] { new { message = "m", domain = "youtube.video", reason } } } }));
        Assert.Equal(means, YouTubeErrors.Classify(answer, mayHavePublished: false, Now).GetType().Name);
        Assert.Equal(afterFinalise ?? means, YouTubeErrors.Classify(answer, mayHavePublished: true, Now).GetType().Name);
    }

    [Fact]
    public void YouTubes_quota_begins_anew_at_midnight_in_California_also_when_clocks_change()
    {
        var quota = Answer(403, """{"error":{"code":403,"message":"m","errors":[{"reason":"quotaExceeded"}]}}""");
        Assert.Equal(TimeSpan.FromHours(13.5), Assert.IsType<Outcome.RetryLater>(YouTubeErrors.Classify(quota, false, Now)).After);
        var uploads = Answer(429, """{"error":{"code":429,"message":"Quota exceeded: you have exceeded the number of Video Uploads per day","errors":[{"reason":"rateLimitExceeded"}]}}""");
        Assert.Equal(TimeSpan.FromHours(13.5), Assert.IsType<Outcome.RetryLater>(YouTubeErrors.Classify(uploads, false, Now)).After);
        // On 8 March 2026 at 2:00 clocks go to 3:00, on 1 November back.
        Assert.Equal(TimeSpan.FromHours(22), YouTubeErrors.UntilMidnightPacific(new DateTimeOffset(2026, 3, 8, 9, 0, 0, TimeSpan.Zero)));
        Assert.Equal(TimeSpan.FromHours(24), YouTubeErrors.UntilMidnightPacific(new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("rejected", null, "copyright", nameof(Outcome.Reject))]
    [InlineData("rejected", null, "uploaderAccountSuspended", nameof(Outcome.Disconnect))]
    [InlineData("rejected", null, "uploaderAccountClosed", nameof(Outcome.Disconnect))]
    [InlineData("failed", "codec", null, nameof(Outcome.Reject))]
    [InlineData("failed", "uploadAborted", null, nameof(Outcome.SubmitAgain))]
    [InlineData("deleted", null, null, nameof(Outcome.Reject))]
    [InlineData("uploaded", null, null, null)]
    [InlineData("processed", null, null, null)]
    public void State_of_a_video(string state, string? failure, string? rejection, string? means) =>
        Assert.Equal(means, YouTubeErrors.Classify(new YouTubeStatus(UploadStatus: state, FailureReason: failure, RejectionReason: rejection))?.GetType().Name);

    [Theory]
    [InlineData(400, "Invalid Request", "Your Tweet text is too long.", "invalid-request", nameof(Outcome.Reject))]
    [InlineData(401, "Unauthorized", "Unauthorized", "about:blank", nameof(Outcome.RefreshToken))]
    [InlineData(403, "Unsupported Authentication", "m", "unsupported-authentication", nameof(Outcome.RefreshToken))]
    [InlineData(402, "CreditsDepleted", "m", "about:blank", nameof(Outcome.RetryLater))]
    [InlineData(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.", "about:blank", nameof(Outcome.Reject), nameof(Outcome.Unconfirmed))]
    [InlineData(403, "Forbidden", "You are not permitted to perform this action.", "about:blank", nameof(Outcome.Reject))]
    [InlineData(403, "Forbidden", "m", "client-forbidden", nameof(Outcome.Reject))]
    [InlineData(403, "Forbidden", "User has been suspended", "about:blank", nameof(Outcome.Disconnect))]
    [InlineData(403, "Forbidden", "To protect our users, your account is temporarily locked.", "about:blank", nameof(Outcome.Disconnect))]
    [InlineData(404, "Not Found Error", "m", "resource-not-found", nameof(Outcome.Reject))]
    [InlineData(429, "Too Many Requests", "Too Many Requests", "about:blank", nameof(Outcome.RetryLater))]
    [InlineData(500, "Internal Server Error", "m", "about:blank", nameof(Outcome.RetryLater), nameof(Outcome.Unconfirmed))]
    [InlineData(503, "Service Unavailable", "m", "about:blank", nameof(Outcome.RetryLater), nameof(Outcome.Unconfirmed))]
    [InlineData(418, "Odd", "m", "about:blank", nameof(Outcome.Unknown))]
    public void X(int status, string title, string detail, string type, string means, string? afterFinalise = null)
    {
        var answer = Answer(status, JsonSerializer.Serialize(new { title, detail, type = type == "about:blank" ? type : $"https://api.x.com/2/problems/{type}", status }));
        Assert.Equal(means, XErrors.Classify(answer, mayHavePublished: false, Now).GetType().Name);
        Assert.Equal(afterFinalise ?? means, XErrors.Classify(answer, mayHavePublished: true, Now).GetType().Name);
    }

    [Fact]
    public void X_is_called_again_at_the_reset_that_it_names_and_the_next_day_after_a_cap()
    {
        const string body = """{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}""";
        var reset = Now.AddMinutes(4).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var limited = Answer(429, body, ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", reset));
        Assert.Equal(TimeSpan.FromSeconds(241), Assert.IsType<Outcome.RetryLater>(XErrors.Classify(limited, true, Now)).After);
        var capped = Answer(429, body, ("x-rate-limit-remaining", "57"), ("x-rate-limit-reset", reset));
        Assert.Equal(TimeSpan.FromHours(5.5), Assert.IsType<Outcome.RetryLater>(XErrors.Classify(capped, true, Now)).After);
        Assert.Null(Assert.IsType<Outcome.RetryLater>(XErrors.Classify(Answer(429, ""), true, Now)).After);
    }

    [Theory]
    [InlineData(401, "m", "REVOKED_ACCESS_TOKEN", nameof(Outcome.RefreshToken))]
    [InlineData(403, "Not enough permissions to access: posts.CREATE", "ACCESS_DENIED", nameof(Outcome.Reject))]
    [InlineData(400, "m", "ILLEGAL_ARGUMENT", nameof(Outcome.Reject))]
    [InlineData(422, "m", "FIELD_LENGTH_TOO_LONG", nameof(Outcome.Reject))]
    [InlineData(404, "m", "NOT_FOUND", nameof(Outcome.Reject))]
    [InlineData(426, "m", "NONEXISTENT_VERSION", nameof(Outcome.RetryLater))]
    [InlineData(429, "Resource level throttle limit for calls to this resource is reached.", "TOO_MANY_REQUESTS", nameof(Outcome.RetryLater))]
    [InlineData(500, "m", "INTERNAL_SERVER_ERROR", nameof(Outcome.RetryLater), nameof(Outcome.Unconfirmed))]
    [InlineData(504, "m", "GATEWAY_TIMEOUT", nameof(Outcome.RetryLater), nameof(Outcome.Unconfirmed))]
    [InlineData(409, "m", "CONFLICT", nameof(Outcome.Unknown))]
    public void LinkedIn(int status, string message, string code, string means, string? afterFinalise = null)
    {
        var answer = Answer(status, JsonSerializer.Serialize(new { status, message, code }));
        Assert.Equal(means, LinkedInErrors.Classify(answer, mayHavePublished: false, Now).GetType().Name);
        Assert.Equal(afterFinalise ?? means, LinkedInErrors.Classify(answer, mayHavePublished: true, Now).GetType().Name);
    }

    [Fact]
    public void LinkedIns_limits_begin_anew_at_midnight_UTC() =>
        Assert.Equal(TimeSpan.FromHours(5.5), Assert.IsType<Outcome.RetryLater>(LinkedInErrors.Classify(Answer(429, """{"status":429,"message":"limit"}"""), false, Now)).After);

    [Fact]
    public void A_duplicate_at_LinkedIn_names_the_post_that_exists()
    {
        const string details = """{"status":422,"message":"Content is a duplicate of urn:li:share:7140000000000000001","errorDetails":{"inputErrors":[{"code":"DUPLICATE_POST"}]}}""";
        Assert.Equal("urn:li:share:7140000000000000001", LinkedInErrors.DuplicateOf(Answer(422, details)));
        Assert.Equal("", LinkedInErrors.DuplicateOf(Answer(422, """{"status":422,"message":"m","code":"DUPLICATE_POST"}""")));
        Assert.Null(LinkedInErrors.DuplicateOf(Answer(422, """{"status":422,"message":"m","code":"FIELD_LENGTH_TOO_LONG"}""")));
    }

    [Theory]
    [InlineData(401, 2, "Authentication failed.", nameof(Outcome.RefreshToken))]
    [InlineData(403, 29, "You are not permitted to access that resource.", nameof(Outcome.Reject))]
    [InlineData(403, 0, "Sorry! We blocked this to combat spam.", nameof(Outcome.RetryLater))]
    [InlineData(400, 0, "We had to block this to combat spam.", nameof(Outcome.RetryLater))]
    [InlineData(400, 1, "A video needs cover_image_url or cover_image_content_type", nameof(Outcome.Reject))]
    [InlineData(400, 1, "'x' does not match '^\\d+$'", nameof(Outcome.Reject))]
    [InlineData(400, 1, "Sorry, we could not fetch the image.", nameof(Outcome.Unknown))]
    [InlineData(400, 1, "Unable to reach the URL.", nameof(Outcome.Unknown))]
    [InlineData(404, 40, "Board not found.", nameof(Outcome.Reject))]
    [InlineData(404, 50, "Pin not found.", nameof(Outcome.Reject))]
    [InlineData(429, 8, "You have exceeded your rate limit.", nameof(Outcome.RetryLater))]
    [InlineData(500, 0, "Something went wrong on our end.", nameof(Outcome.RetryLater), nameof(Outcome.Unconfirmed))]
    [InlineData(409, 0, "m", nameof(Outcome.Unknown))]
    public void Pinterest(int status, int code, string message, string means, string? afterFinalise = null)
    {
        var answer = Answer(status, JsonSerializer.Serialize(new { code, message }));
        Assert.Equal(means, PinterestErrors.Classify(answer, mayHavePublished: false, Now).GetType().Name);
        Assert.Equal(afterFinalise ?? means, PinterestErrors.Classify(answer, mayHavePublished: true, Now).GetType().Name);
    }

    [Fact]
    public void Pinterests_reset_is_read_in_both_its_forms()
    {
        const string body = """{"code":8,"message":"limit"}""";
        Assert.Equal(TimeSpan.FromSeconds(42), Assert.IsType<Outcome.RetryLater>(PinterestErrors.Classify(Answer(429, body, ("X-RateLimit-Reset", "42")), true, Now)).After);
        var second = Now.AddSeconds(30).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(TimeSpan.FromSeconds(30), Assert.IsType<Outcome.RetryLater>(PinterestErrors.Classify(Answer(429, body, ("X-RateLimit-Reset", second)), true, Now)).After);
    }

    /// <summary>A proxy's page between us and the platform proves nothing about the post, whatever its status.</summary>
    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(502)]
    [InlineData(302)]
    public void A_page_that_is_not_the_platforms_own_leaves_a_finalise_unconfirmed(int status)
    {
        var page = Answer(status, "<html>denied</html>");
        Assert.IsType<Outcome.Unconfirmed>(YouTubeErrors.Classify(page, mayHavePublished: true, Now));
        Assert.IsType<Outcome.Unconfirmed>(XErrors.Classify(page, mayHavePublished: true, Now));
        Assert.IsType<Outcome.Unconfirmed>(LinkedInErrors.Classify(page, mayHavePublished: true, Now));
        Assert.IsType<Outcome.Unconfirmed>(PinterestErrors.Classify(page, mayHavePublished: true, Now));
    }

    private static PlatformAnswer.Answered Answer(int status, string body, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        JsonElement json = default;
        if (body.StartsWith('{')) json = JsonSerializer.Deserialize<JsonElement>(body);
        return new PlatformAnswer.Answered((HttpStatusCode)status, json, response.Headers);
    }
}
