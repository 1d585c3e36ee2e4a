using Marketing.Data;
using Marketing.Identity;
using Marketing.Social.Accounts;
using Marketing.Social.Platforms;
using Marketing.Social.Preflight;
using Npgsql;

namespace Marketing.Social.Publishing;

/// <summary>Loads what a publisher needs of a post: the account with its token opened, the caption as it goes out, addresses for the media.</summary>
public sealed class PublishTargets(NpgsqlDataSource database, TokenVault tokens, PublicMedia media)
{
    /// <summary>Loads one post.</summary>
    /// <returns>The target, or the refusal that keeps the post from being published.</returns>
    public async Task<(PublishTarget? Target, Outcome? Refusal)> LoadAsync(Guid postId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select post.account_id, post.post_type, post.caption, post.media_urls, post.hashtags, post.mentions, post.link_url, post.location_tag, post.scheduled_at, post.status,
                   account.status, account.social_account_id, account.external_account_id, account.access_token, own.options::text
            from   marketing.social_posts post join marketing.social_accounts account on account.id = post.account_id left join marketing_ops.post_options own on own.post_id = post.id
            where  post.id = $1
            """);
        command.Parameters.AddWithValue(postId);
        SocialPost post;
        string? accountStatus, accountName, externalId, sealedToken, stored;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken)) throw new InvalidOperationException($"There is no post {postId}.");
            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            string[]? Texts(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<string[]>(column);
            post = new SocialPost
            {
                Id = postId,
                AccountId = reader.GetGuid(0),
                PostType = reader.GetString(1),
                Caption = Text(2),
                MediaUrls = Texts(3),
                Hashtags = Texts(4),
                Mentions = Texts(5),
                LinkUrl = Text(6),
                LocationTag = Text(7),
                ScheduledAt = reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
                Status = Text(9),
            };
            (accountStatus, accountName, externalId, sealedToken, stored) = (Text(10), Text(11), Text(12), Text(13), Text(14));
        }
        if (post.Status != PostStatus.Publishing)
            return (null, new Outcome.Reject("status", $"The post is {post.Status} and not publishing any more."));
        if (accountStatus == AccountStatus.Disconnected)
            return (null, new Outcome.Reject("account_id", $"The account {accountName} is disconnected. Connect it again, then schedule the post."));
        if (string.IsNullOrEmpty(externalId) || string.IsNullOrEmpty(sealedToken))
            return (null, new Outcome.Reject("account_id", $"The account {accountName} has no external_account_id or no access_token."));

        string token;
        try
        {
            token = tokens.Open(sealedToken, "social_accounts", "access_token", post.AccountId);
        }
        catch (Exception failure) when (failure is System.Security.Cryptography.CryptographicException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, new Outcome.Unknown($"The token of account {accountName} cannot be opened ({failure.GetType().Name}). Check the key ring, or write access_token again."));
        }

        var options = PostOptions.Parse(stored);
        var cover = options.Text("cover_url") is { Length: > 0 } named ? named : null;
        if (cover is not null && media.Problem(cover) is { } problem) return (null, new Outcome.Reject("options", $"cover_url: {problem}"));
        // The cover travels as one more medium.
        var sources = post.MediaUrls ?? [];
        var loaded = await media.LoadAsync(cover is null ? sources : [.. sources, cover], cancellationToken);
        var altTexts = loaded.Take(sources.Length).Select(medium => medium.AltText).ToList();
        return (new PublishTarget(externalId, token, CaptionText.Compose(post), [.. loaded.Take(sources.Length).Select(medium => medium.Address)], altTexts.FirstOrDefault())
        {
            PostId = postId,
            AltTexts = altTexts,
            PostType = post.PostType,
            LinkUrl = post.LinkUrl,
            LocationTag = post.LocationTag,
            Row = post,
            Options = options,
            CoverUrl = cover is null ? null : loaded[^1].Address,
        }, null);
    }
}
