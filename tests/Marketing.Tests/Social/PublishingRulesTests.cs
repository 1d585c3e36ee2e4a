using Marketing.Data;
using Marketing.Social;
using Marketing.Social.Platforms;
using Marketing.Social.Platforms.Meta;
using Marketing.Social.Preflight;
using Marketing.Social.Publishing;

namespace Marketing.Tests.Social;

public sealed class PublishingRulesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    [Theory]
    [InlineData(190, 460, typeof(Outcome.Disconnect))]
    [InlineData(190, 463, typeof(Outcome.RefreshToken))]
    [InlineData(4, null, typeof(Outcome.RetryLater))]
    [InlineData(9, 2207042, typeof(Outcome.RetryLater))]
    [InlineData(36003, 2207009, typeof(Outcome.Reject))]
    [InlineData(9007, 2207027, typeof(Outcome.Processing))]
    [InlineData(987654, null, typeof(Outcome.Unknown))]
    public void An_error_means_the_same_whatever_its_status(int code, int? subcode, Type outcome) =>
        Assert.IsType(outcome, GraphErrors.Classify(new GraphError("x", code, subcode), mayHavePublished: false));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(987654)]
    public void After_a_publish_what_is_no_definite_refusal_is_unconfirmed(int code) =>
        Assert.IsType<Outcome.Unconfirmed>(GraphErrors.Classify(new GraphError("x", code), mayHavePublished: true));

    [Fact]
    public void One_negative_read_is_no_proof_two_apart_are()
    {
        var apart = new PublishingOptions().RereadAfter;
        Assert.Equal(ReconcileDecision.ReadAgain, ReconcilePost.Decide(new Outcome.NotPublished(), 0, null, Now, apart));
        Assert.Equal(ReconcileDecision.ReadAgain, ReconcilePost.Decide(new Outcome.NotPublished(), 1, Now - TimeSpan.FromSeconds(5), Now, apart));
        Assert.Equal(ReconcileDecision.IsNotOut, ReconcilePost.Decide(new Outcome.NotPublished(), 1, Now - apart, Now, apart));
        Assert.Equal(ReconcileDecision.IsOut, ReconcilePost.Decide(new Outcome.Published("1", null), 0, null, Now, apart));
    }

    [Fact]
    public void Hashtags_and_mentions_are_added_once()
    {
        var post = new SocialPost { Caption = "By the pool #casa", Hashtags = ["casa", "#sea"], Mentions = ["@ana"] };
        Assert.Equal("By the pool #casa\n\n@ana #sea", CaptionText.Compose(post));
    }

    [Theory]
    [InlineData("draft", "scheduled", true)]
    [InlineData("published", "draft", false)]
    [InlineData("published", "deleted", true)]
    [InlineData("draft", "publishing", false)]
    public void People_move_posts_only_along_the_arrows(string from, string to, bool allowed) => Assert.Equal(allowed, PostStatus.MayWrite(from, to));

    [Fact]
    public void A_finalise_whose_worker_died_is_reconciled_and_never_repeated_blindly() => Assert.Equal("reconcile", PublishStep.Next("container", "started", isReady: true));
}
