namespace Marketing.Social.Preflight;

/// <summary>Findings about the account: connection, token, pause, what its platform asked for.</summary>
internal static class AccountRules
{
    public static IEnumerable<Finding> Check(Draft draft)
    {
        if (draft.Account is not { } account) yield break;
        if (account.Status == Accounts.AccountStatus.Disconnected)
            yield return Finding.Error("account_id", "disconnected", null, account.BusinessId, $"The account {account.BusinessId} is disconnected. Connect it again first.");
        else if (!account.IsConnected)
            yield return Finding.Error("account_id", "not_connected", null, account.BusinessId, $"The account {account.BusinessId} has no external_account_id or no access_token. Connect it first.");
        if (account.TokenExpiresAt is { } ends && ends < draft.At)
            yield return Finding.Warning("account_id", "token_expires", null, $"{ends:u}", $"The token of {account.BusinessId} ends before the post goes out, unless it is renewed by then.");
        if (account.IsPaused)
            yield return Finding.Warning("account_id", "paused", null, account.BusinessId, $"Publishing is paused for {account.BusinessId}; the post waits until it is resumed.");
        if (account.BlockedUntil is { } until && until > draft.At)
            yield return Finding.Warning("account_id", "quota", null, $"{until:u}", $"{draft.Rules.Name} asked to wait until {until:u}; the post waits until then.");
    }
}
