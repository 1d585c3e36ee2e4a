using System.Text.Json;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources.Reading;
using Marketing.Social.Preflight;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Social.Posts;

/// <summary>Approves a post, rejects it, asks for changes, or submits it. What is approved has passed every check that needs no call to the platform.</summary>
internal sealed class DecideOnPost(MarketingDbContext database, RunPreflight preflight, AuditLog audit)
{
    /// <summary>Writes the decision. The database binds an approval to a hash of what the post holds at this moment.</summary>
    /// <param name="key">The post.</param>
    /// <param name="action">Submit, approve, reject or request changes.</param>
    /// <param name="window">When an approved post may go out; null for seven days around its time.</param>
    /// <param name="caller">Who decides.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Id of the post.</returns>
    /// <exception cref="ProblemException">There is no such post, it is on its way or out, it is the caller's own, or it could not be published as it is.</exception>
    public async Task<Guid> RunAsync(RowKey key, PostAction action, ApprovalWindow? window, Caller caller, CancellationToken cancellationToken)
    {
        database.ChangeTracker.Clear();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var rows = key.Value is Guid id
            ? database.SocialPosts.FromSql($"select *, xmin from marketing.social_posts where id = {id} for update")
            : database.SocialPosts.FromSql($"select *, xmin from marketing.social_posts where social_post_id = {key.Text} for update");
        var post = (await rows.ToListAsync(cancellationToken)).SingleOrDefault() ?? throw new ProblemException(Problem.NotFound("social_posts", key.Text));
        var before = new PostState(post.Status ?? PostStatus.Draft, post.ApprovalStatus);
        var after = before.Next(action) ?? throw new ProblemException(before.IsOpen
            ? Problem.Conflict("already_approved", "The post is approved already. Change it, and it waits for a decision again.")
            : Problem.Conflict("already_decided", $"The post is {before.Status}; a decision comes too late."));
        if (action == PostAction.Approve)
        {
            if (await IsOwnAsync(post, caller, cancellationToken) && !caller.Grants.Any(grant => grant.Action == Grant.ApproveOwn))
                throw new ProblemException(Problem.Forbidden("own_work", "Nobody approves a post of their own. Ask another holder of the scope approve, or for a role with the action approve_own."));
            if (window is not null && post.ScheduledAt is { } at && !window.Holds(at))
                throw new ProblemException(Problem.Unprocessable("outside_window", "The post's scheduled_at lies outside of the window.", new FieldError("not_after", "outside_window", $"scheduled_at is {at:u}; choose a window around it.")));
        }
        if (action is PostAction.Approve or PostAction.Submit)
        {
            var errors = (await preflight.StoredAsync(post.Id, cancellationToken)).Errors.Select(finding => finding.ToFieldError()).ToList();
            if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("post_not_publishable", errors[0].Message, errors));
        }

        audit.Record(caller, action switch { PostAction.Approve => "approve", PostAction.Reject => "reject", PostAction.Submit => "submit", _ => "request_changes" }, "social_posts", post.Id,
            JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string?>> { ["approval_status"] = new() { ["from"] = post.ApprovalStatus, ["to"] = after.Approval } }));
        (post.ApprovalStatus, post.ApprovedBy) = (after.Approval, action == PostAction.Approve ? caller.Name : null);
        await database.SaveChangesAsync(cancellationToken);
        if (action == PostAction.Approve && window is not null)
            await database.Database.ExecuteSqlAsync($"update marketing_ops.post_approvals set not_before = {window.NotBefore}, not_after = {window.NotAfter} where post_id = {post.Id}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return post.Id;
    }

    // created_by may be written by its author; the audit log tells who made the row.
    private async Task<bool> IsOwnAsync(SocialPost post, Caller caller, CancellationToken cancellationToken) =>
        post.CreatedBy == caller.Name
        || await database.AuditEntries.AnyAsync(entry => entry.TableName == "social_posts" && entry.RowId == post.Id && entry.Action == "create" && entry.Actor == caller.Name, cancellationToken);
}

/// <summary>When an approved post may go out.</summary>
/// <param name="NotBefore">From when; null for any time.</param>
/// <param name="NotAfter">Until when; null for any time.</param>
internal sealed record ApprovalWindow(DateTimeOffset? NotBefore, DateTimeOffset? NotAfter)
{
    /// <summary>True when an instant lies within.</summary>
    public bool Holds(DateTimeOffset at) => !(at < NotBefore) && !(at > NotAfter);
}
