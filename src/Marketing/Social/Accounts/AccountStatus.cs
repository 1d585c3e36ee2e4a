namespace Marketing.Social.Accounts;

/// <summary>Values of <c>social_accounts.status</c> that publishing reads and writes.</summary>
public static class AccountStatus
{
    /// <summary>May be published to; the default.</summary>
    public const string Active = "active";

    /// <summary>The platform refuses the token; a person must connect the account again.</summary>
    public const string Disconnected = "disconnected";
}
