using Marketing.Social.Platforms;
using Marketing.Social.Platforms.Meta;
using Marketing.Social.Platforms.TikTok;

namespace Marketing.Tests.Social;

/// <summary>The classification tables of Meta and TikTok, row by row.</summary>
public sealed class PlatformErrorsTests
{
    [Theory]
    [InlineData(1, null, "RetryLater", "Unconfirmed")]
    [InlineData(2, null, "RetryLater", "Unconfirmed")]
    [InlineData(-1, 2207001, "RetryLater", "Unconfirmed")]
    [InlineData(3, null, "Reject", "Reject")]
    [InlineData(4, null, "RetryLater", "RetryLater")]
    [InlineData(4, 2207051, "Reject", "Unconfirmed")]
    [InlineData(17, 2446079, "RetryLater", "RetryLater")]
    [InlineData(32, null, "RetryLater", "RetryLater")]
    [InlineData(341, null, "RetryLater", "RetryLater")]
    [InlineData(613, 1996, "RetryLater", "RetryLater")]
    [InlineData(80001, null, "RetryLater", "RetryLater")]
    [InlineData(80002, null, "RetryLater", "RetryLater")]
    [InlineData(80006, null, "RetryLater", "RetryLater")]
    [InlineData(80014, 2446079, "RetryLater", "RetryLater")]
    [InlineData(9, 2207042, "RetryLater", "RetryLater")]
    [InlineData(10, null, "Reject", "Reject")]
    [InlineData(200, null, "Reject", "Reject")]
    [InlineData(299, null, "Reject", "Reject")]
    [InlineData(100, null, "Reject", "Reject")]
    [InlineData(100, 33, "Unknown", "Unknown")]
    [InlineData(102, null, "RefreshToken", "RefreshToken")]
    [InlineData(190, null, "RefreshToken", "RefreshToken")]
    [InlineData(190, 463, "RefreshToken", "RefreshToken")]
    [InlineData(190, 467, "RefreshToken", "RefreshToken")]
    [InlineData(190, 458, "Disconnect", "Disconnect")]
    [InlineData(190, 459, "Disconnect", "Disconnect")]
    [InlineData(190, 460, "Disconnect", "Disconnect")]
    [InlineData(190, 464, "Disconnect", "Disconnect")]
    [InlineData(190, 492, "Disconnect", "Disconnect")]
    [InlineData(368, null, "Reject", "Reject")]
    [InlineData(506, null, "Reject", "Unconfirmed")]
    [InlineData(1609005, null, "Reject", "Reject")]
    [InlineData(389, null, "RetryLater", "Unconfirmed")]
    [InlineData(382, null, "Reject", "Reject")]
    [InlineData(6000, null, "Reject", "Reject")]
    [InlineData(6001, null, "RetryLater", "Unconfirmed")]
    [InlineData(-2, 2207003, "RetryLater", "RetryLater")]
    [InlineData(-2, 2207020, "SubmitAgain", "Unconfirmed")]
    [InlineData(-1, 2207032, "SubmitAgain", "Unconfirmed")]
    [InlineData(1, 2207057, "Reject", "Reject")]
    [InlineData(24, 2207006, "SubmitAgain", "SubmitAgain")]
    [InlineData(24, 2207008, "SubmitAgain", "SubmitAgain")]
    [InlineData(25, 2207050, "Reject", "Reject")]
    [InlineData(100, 2207028, "Reject", "Reject")]
    [InlineData(352, 2207026, "Reject", "Reject")]
    [InlineData(9004, 2207052, "RetryLater", "RetryLater")]
    [InlineData(9007, 2207027, "Processing", "Processing")]
    [InlineData(36000, 2207004, "Reject", "Reject")]
    [InlineData(36001, 2207005, "Reject", "Reject")]
    [InlineData(36003, 2207009, "Reject", "Reject")]
    [InlineData(36004, 2207010, "Reject", "Reject")]
    [InlineData(987654, null, "Unknown", "Unconfirmed")]
    public void Meta_by_code_and_subcode(int code, int? subcode, string meaning, string whenItMayHavePublished)
    {
        Assert.Equal(meaning, GraphErrors.Classify(new GraphError("x", code, subcode), mayHavePublished: false).GetType().Name);
        Assert.Equal(whenItMayHavePublished, GraphErrors.Classify(new GraphError("x", code, subcode), mayHavePublished: true).GetType().Name);
    }

    [Fact]
    public void Meta_says_that_it_will_pass_whatever_the_code()
    {
        Assert.IsType<Outcome.RetryLater>(GraphErrors.Classify(new GraphError("x", 100, 33, IsTransient: true), mayHavePublished: false));
        Assert.IsType<Outcome.Unconfirmed>(GraphErrors.Classify(new GraphError("x", 100, 33, IsTransient: true), mayHavePublished: true));
    }

    [Theory]
    [InlineData("invalid_param", "Reject", "Reject")]
    [InlineData("invalid_params", "Reject", "Reject")]
    [InlineData("invalid_file_upload", "Reject", "Reject")]
    [InlineData("scope_permission_missed", "Reject", "Reject")]
    [InlineData("app_version_check_failed", "Reject", "Reject")]
    [InlineData("invalid_publish_id", "Unconfirmed", "Unconfirmed")]
    [InlineData("token_not_authorized_for_specified_publish_id", "Unconfirmed", "Unconfirmed")]
    [InlineData("access_token_invalid", "RefreshToken", "RefreshToken")]
    [InlineData("scope_not_authorized", "Reject", "Reject")]
    [InlineData("spam_risk_too_many_posts", "RetryLater", "RetryLater")]
    [InlineData("spam_risk_too_many_pending_share", "RetryLater", "RetryLater")]
    [InlineData("spam_risk_user_banned_from_posting", "Reject", "Reject")]
    [InlineData("reached_active_user_cap", "RetryLater", "RetryLater")]
    [InlineData("unaudited_client_can_only_post_to_private_accounts", "Reject", "Reject")]
    [InlineData("url_ownership_unverified", "Reject", "Reject")]
    [InlineData("privacy_level_option_mismatch", "Reject", "Reject")]
    [InlineData("rate_limit_exceeded", "RetryLater", "RetryLater")]
    [InlineData("internal_error", "RetryLater", "Unconfirmed")]
    [InlineData("something_new", "Unknown", "Unconfirmed")]
    public void TikTok_by_error_code(string code, string meaning, string whenItMayHavePublished)
    {
        Assert.Equal(meaning, TikTokErrors.Classify(new TikTokError(code, "x", "log"), mayHavePublished: false).GetType().Name);
        Assert.Equal(whenItMayHavePublished, TikTokErrors.Classify(new TikTokError(code, "x", "log"), mayHavePublished: true).GetType().Name);
    }

    [Theory]
    [InlineData("file_format_check_failed", "Reject")]
    [InlineData("duration_check_failed", "Reject")]
    [InlineData("frame_rate_check_failed", "Reject")]
    [InlineData("picture_size_check_failed", "Reject")]
    [InlineData("internal", "SubmitAgain")]
    [InlineData("video_pull_failed", "SubmitAgain")]
    [InlineData("photo_pull_failed", "SubmitAgain")]
    [InlineData("publish_cancelled", "Reject")]
    [InlineData("auth_removed", "Disconnect")]
    [InlineData("spam_risk_too_many_posts", "RetryLater")]
    [InlineData("spam_risk_user_banned_from_posting", "Reject")]
    [InlineData("spam_risk_text", "Reject")]
    [InlineData("spam_risk", "Reject")]
    [InlineData("something_new", "Unknown")]
    public void TikTok_by_fail_reason(string reason, string meaning) => Assert.Equal(meaning, TikTokErrors.ClassifyFailure(reason).GetType().Name);

    [Theory]
    [InlineData(1, 1, 1, 0)]
    [InlineData(7_999_999, 7_999_999, 1, 0)]
    [InlineData(15_999_999, 8_000_000, 1, 0)]
    [InlineData(16_000_000, 8_000_000, 2, 8_000_000)]
    [InlineData(4_000_000_000, 8_000_000, 500, 3_992_000_000)]
    public void TikTok_parts_follow_its_rule(long length, long chunk, long count, long lastAt)
    {
        var state = new TikTokState(TikTokForm.SentVideo, "SELF_ONLY", Length: length);
        Assert.Equal((chunk, count, lastAt), (state.ChunkSize, state.ChunkCount, state.LastPartAt));
        Assert.Equal(Math.Max(1, length / chunk), count);
        Assert.True(length - lastAt <= Marketing.Social.Platforms.Media.ReadMedia.MaxPart);
        Assert.Equal(state, TikTokState.Parse(state.ToJson()));
    }
}
