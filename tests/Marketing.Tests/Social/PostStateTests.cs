using CsCheck;
using Marketing.Social;

namespace Marketing.Tests.Social;

public sealed class PostStateTests
{
    private static readonly Gen<PostAction[]> Actions = Gen.Enum<PostAction>().Array[0, 40];

    [Fact]
    public void No_sequence_of_actions_reaches_published_without_an_approval_of_what_goes_out() => Actions.Sample(actions =>
    {
        var state = new PostState(PostStatus.Draft, ApprovalStatus.Pending);
        var isApproved = false;
        foreach (var action in actions)
        {
            if (state.Next(action) is not { } next) continue;
            isApproved = action switch
            {
                PostAction.Approve => true,
                PostAction.Reject or PostAction.RequestChanges or PostAction.Change or PostAction.Submit => false,
                _ => isApproved,
            };
            if (next.Status is PostStatus.Publishing or PostStatus.Published && !isApproved) return false;
            state = next;
        }
        return true;
    }, iter: 100_000);

    [Fact]
    public void What_is_out_or_put_away_stays_so() => Actions.Sample(actions =>
    {
        foreach (var end in new[] { PostStatus.Published, PostStatus.Deleted })
        {
            var state = new PostState(end, ApprovalStatus.Approved);
            foreach (var action in actions) state = state.Next(action) ?? state;
            if (state.Status is not (PostStatus.Published or PostStatus.Deleted)) return false;
        }
        return true;
    }, iter: 20_000);

    [Theory]
    [InlineData("scheduled", "pending", PostAction.Claim)]
    [InlineData("scheduled", "submitted", PostAction.Claim)]
    [InlineData("publishing", "approved", PostAction.Change)]
    [InlineData("publishing", "approved", PostAction.Reject)]
    [InlineData("draft", "approved", PostAction.Claim)]
    [InlineData("draft", "approved", PostAction.Submit)]
    public void These_moves_do_not_exist(string status, string approval, PostAction action) => Assert.Null(new PostState(status, approval).Next(action));

    [Theory]
    [InlineData("failed", "approved", PostAction.Schedule, "scheduled", "approved")]
    [InlineData("scheduled", "approved", PostAction.Change, "scheduled", "pending")]
    [InlineData("scheduled", "approved", PostAction.Miss, "failed", "approved")]
    [InlineData("publishing", "approved", PostAction.Cancel, "draft", "approved")]
    [InlineData("draft", "rejected", PostAction.Submit, "draft", "submitted")]
    public void These_moves_do(string status, string approval, PostAction action, string nextStatus, string nextApproval) =>
        Assert.Equal(new PostState(nextStatus, nextApproval), new PostState(status, approval).Next(action));
}
