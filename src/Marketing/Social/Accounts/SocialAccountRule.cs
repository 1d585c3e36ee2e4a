using Marketing.Data;
using Marketing.Identity;
using Marketing.Resources;

namespace Marketing.Social.Accounts;

/// <summary>Rules of <c>social_accounts</c>: the token is encrypted before it is stored, and counters do not go below zero.</summary>
internal sealed class SocialAccountRule(TokenVault vault) : IWriteRule<SocialAccount>
{
    /// <summary>Longest token. Platforms document none; theirs are a few hundred characters.</summary>
    private const int MaxTokenLength = 8192;

    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<SocialAccount> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        var row = write.Row;
        if (write.Changes(account => account.AccessToken) && row.AccessToken is { } token)
        {
            if (token.Trim().Length is 0 or > MaxTokenLength) write.Refuse("access_token", "invalid_value", $"access_token must be 1 to {MaxTokenLength} characters, or null to remove it.");
            else row.AccessToken = vault.Seal(token.Trim(), "social_accounts", "access_token", row.Id);
        }
        if (write.Changes(account => account.ProfileUrl)) write.IsWebAddress("profile_url", row.ProfileUrl);
        write.NotNegative("follower_count", row.FollowerCount);
        write.NotNegative("following_count", row.FollowingCount);
        write.NotNegative("post_count", row.PostCount);
        return Task.CompletedTask;
    }
}
