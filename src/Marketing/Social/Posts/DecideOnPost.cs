using System.Text.Json;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources.Reading;
using Marketing.Social.Preflight;
using Marketing.Social.Publishing;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Social.Posts;

/// <summary>Approves a post, rejects it, or asks for changes. What is approved has passed every check that needs no call to the platform.</summary>
internal sealed class DecideOnPost(MarketingDbContext database, PublicMedia media, AuditLog audit)
{
    /// <summary>Writes the decision.</summary>
    /// <param name="key">The post.</param>
    /// <param name="decision">One of <see cref="ApprovalStatus.Decisions"/>.</param>
    /// <param name="caller">Who decides.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Id of the post.</returns>
    /// <exception cref="ProblemException">There is no such post, it is on its way or out, or it could not be published as it is.</exception>
    public async Task<Guid> RunAsync(RowKey key, string decision, Caller caller, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var rows = key.Value is Guid id
            ? database.SocialPosts.FromSql($"select *, xmin from marketing.social_posts where id = {id} for update")
            : database.SocialPosts.FromSql($"select *, xmin from marketing.social_posts where social_post_id = {key.Text} for update");
        var post = (await rows.ToListAsync(cancellationToken)).SingleOrDefault() ?? throw new ProblemException(Problem.NotFound("social_posts", key.Text));
        if (post.Status is PostStatus.Publishing or PostStatus.Published or PostStatus.Deleted)
            throw new ProblemException(Problem.Conflict("already_decided", $"The post is {post.Status}; a decision comes too late."));
        if (decision == ApprovalStatus.Approved)
        {
            if (post.AiGenerated == true && post.CreatedBy == caller.Name && !caller.Grants.Any(grant => grant.Action == Grant.ApproveOwn))
                throw new ProblemException(Problem.Forbidden("own_work", "Nobody approves an AI-generated post of their own. Ask another holder of the scope approve."));
            await CheckAsync(post, cancellationToken);
        }

        audit.Record(caller, decision switch { ApprovalStatus.Approved => "approve", ApprovalStatus.Rejected => "reject", _ => "request_changes" }, "social_posts", post.Id,
            JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string?>> { ["approval_status"] = new() { ["from"] = post.ApprovalStatus, ["to"] = decision } }));
        (post.ApprovalStatus, post.ApprovedBy) = (decision, decision == ApprovalStatus.Approved ? caller.Name : null);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return post.Id;
    }

    private async Task CheckAsync(SocialPost post, CancellationToken cancellationToken)
    {
        var account = await database.SocialAccounts.AsNoTracking().SingleAsync(account => account.Id == post.AccountId, cancellationToken);
        var errors = new List<FieldError>();
        errors.AddRange(CheckPost.For(account.Platform, post));
        if (account.Status == Accounts.AccountStatus.Disconnected) errors.Add(new FieldError("account_id", "disconnected", $"The account {account.SocialAccountId} is disconnected. Write a new access_token and status active first."));
        if (account.AccessToken is null || string.IsNullOrEmpty(account.ExternalAccountId))
            errors.Add(new FieldError("account_id", "not_connected", $"The account {account.SocialAccountId} has no external_account_id or no access_token."));
        errors.AddRange((post.MediaUrls ?? []).Select(media.Problem).OfType<string>().Select(problem => new FieldError("media_urls", "not_fetchable", problem)));
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("post_not_publishable", errors[0].Message, errors));
    }
}
