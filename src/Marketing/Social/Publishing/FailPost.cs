using System.Text.Json;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Social.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Social.Publishing;

/// <summary>Writes that a post is given up, with its reason, in one transaction; and that its account is disconnected, when its token is dead.</summary>
public sealed class FailPost(MarketingDbContext database, AuditLog audit)
{
    /// <summary>Writes it.</summary>
    /// <param name="job">The job, leased.</param>
    /// <param name="attempt">The step that failed.</param>
    /// <param name="state">How the attempt is recorded: refused, retry or unconfirmed.</param>
    /// <param name="reason">In words that a person can act upon.</param>
    /// <param name="isTokenDead">True when the account is to be disconnected.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public Task RunAsync(PublishJob job, PublishAttempt attempt, string state, string reason, bool isTokenDead, CancellationToken cancellationToken) =>
        RunAsync(job, attempt, state, reason, isTokenDead, "failed", cancellationToken);

    /// <summary>Writes it, with the state that the job ends in: failed or missed.</summary>
    internal async Task RunAsync(PublishJob job, PublishAttempt attempt, string state, string reason, bool isTokenDead, string jobState, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var closed = await database.Database.ExecuteSqlAsync($"""
            with closed as (
                update marketing_ops.publish_jobs
                set    state = {jobState}, container_id = {job.ContainerId}, failures = {job.Failures}, reason = {reason}, leased_until = null, lease_token = null
                where  post_id = {job.PostId} and lease_token = {job.LeaseToken} and state = 'open'
                returning post_id)
            update marketing_ops.publish_attempts attempt set state = {state}, finished_at = now(), detail = {reason}
            from   closed
            where  attempt.id = {attempt.Id}
            """, cancellationToken);
        if (closed == 0) throw new LeaseLostException(job.PostId);

        var caller = Caller.Job("publish_post");
        var failed = await database.SocialPosts.Where(post => post.Id == job.PostId && post.Status == PostStatus.Publishing)
            .ExecuteUpdateAsync(set => set.SetProperty(post => post.Status, PostStatus.Next(PostStatus.Publishing, PostAction.GiveUp)), cancellationToken);
        if (failed > 0) audit.Record(caller, jobState == "missed" ? "miss" : "fail", "social_posts", job.PostId, Change(PostStatus.Publishing, PostStatus.Failed, reason));
        if (isTokenDead) await DisconnectAsync(job.PostId, caller, reason, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task DisconnectAsync(Guid postId, Caller caller, string reason, CancellationToken cancellationToken)
    {
        var account = await database.SocialPosts.Where(post => post.Id == postId).Select(post => post.AccountId).SingleAsync(cancellationToken);
        var changed = await database.SocialAccounts.Where(row => row.Id == account && row.Status != AccountStatus.Disconnected)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, AccountStatus.Disconnected), cancellationToken);
        if (changed > 0) audit.Record(caller, "disconnect", "social_accounts", account, Change(AccountStatus.Active, AccountStatus.Disconnected, reason));
    }

    private static string Change(string from, string to, string reason) => JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string?>>
    {
        ["status"] = new() { ["from"] = from, ["to"] = to, ["reason"] = reason },
    });
}
