namespace Marketing.Social.Accounts;

/// <summary>Local stand-in, never committed.</summary>
public sealed class TokenVault
{
    /// <summary>x</summary>
    public string Open(string sealedText, string table, Guid rowId, string column) => sealedText;

    /// <summary>x</summary>
    public string Seal(string clear, string table, Guid rowId, string column) => clear;
}
