using Marketing.Data;
using Marketing.Identity;
using Marketing.Social.Accounts;
using Marketing.Social.Platforms;
using Marketing.Social.Preflight;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Social.Publishing;

/// <summary>Loads what a publisher needs of a post: the account with its token opened, the caption as it goes out, addresses for the media.</summary>
public sealed class PublishTargets(MarketingDbContext database, TokenVault tokens, PublicMedia media)
{
    /// <summary>Loads one post.</summary>
    /// <returns>The target, or the refusal that keeps the post from being published.</returns>
    public async Task<(PublishTarget? Target, Outcome? Refusal)> LoadAsync(Guid postId, CancellationToken cancellationToken)
    {
        var row = await (
            from post in database.SocialPosts.AsNoTracking()
            join account in database.SocialAccounts.AsNoTracking() on post.AccountId equals account.Id
            where post.Id == postId
            select new { Post = post, Account = account }).SingleAsync(cancellationToken);
        if (row.Post.Status != PostStatus.Publishing)
            return (null, new Outcome.Reject("status", $"The post is {row.Post.Status} and not publishing any more."));
        if (row.Account.Status == AccountStatus.Disconnected)
            return (null, new Outcome.Reject("account_id", $"The account {row.Account.SocialAccountId} is disconnected. Connect it again, then schedule the post."));
        if (row.Account is not { ExternalAccountId: { Length: > 0 } externalId, AccessToken: { Length: > 0 } sealedToken })
            return (null, new Outcome.Reject("account_id", $"The account {row.Account.SocialAccountId} has no external_account_id or no access_token."));

        string token;
        try
        {
            token = tokens.Open(sealedToken, "social_accounts", "access_token", row.Account.Id);
        }
        catch (Exception failure) when (failure is System.Security.Cryptography.CryptographicException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, new Outcome.Unknown($"The token of account {row.Account.SocialAccountId} cannot be opened ({failure.GetType().Name}). Check the key ring, or write access_token again."));
        }

        var sources = row.Post.MediaUrls ?? [];
        var addresses = new List<string>(sources.Length);
        foreach (var source in sources) addresses.Add(await media.AddressAsync(source, cancellationToken));
        var altTexts = new List<string?>(sources.Length);
        foreach (var source in sources) altTexts.Add(await media.AltTextAsync(source, cancellationToken));
        var stored = await database.Database.SqlQuery<string>($"""select options::text as "Value" from marketing_ops.post_options where post_id = {postId}""").ToListAsync(cancellationToken);
        var options = PostOptions.Parse(stored.FirstOrDefault());
        var cover = options.Text("cover_url") is { Length: > 0 } named ? named : null;
        if (cover is not null && media.Problem(cover) is { } problem) return (null, new Outcome.Reject("options", $"cover_url: {problem}"));
        return (new PublishTarget(externalId, token, CaptionText.Compose(row.Post), addresses, altTexts.FirstOrDefault())
        {
            PostId = postId,
            AltTexts = altTexts,
            PostType = row.Post.PostType,
            LinkUrl = row.Post.LinkUrl,
            LocationTag = row.Post.LocationTag,
            Options = options,
            CoverUrl = cover is null ? null : await media.AddressAsync(cover, cancellationToken),
        }, null);
    }
}
