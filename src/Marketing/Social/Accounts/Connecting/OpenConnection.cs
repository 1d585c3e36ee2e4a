namespace Marketing.Social.Accounts.Connecting;

/// <summary>A consent under way.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Platform">The platform.</param>
/// <param name="AccountId">The account that is connected again; null for a new one.</param>
/// <param name="PropertyId">The property of a new account.</param>
/// <param name="RequestedBy">Who began it.</param>
internal sealed record OpenConnection(Guid Id, string Platform, Guid? AccountId, Guid? PropertyId, string RequestedBy);

/// <summary>An account cannot be connected as asked. The message is for the person.</summary>
internal sealed class ConnectionRefusedException(string message) : Exception(message);
