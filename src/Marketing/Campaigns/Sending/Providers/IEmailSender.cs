namespace Marketing.Campaigns.Sending.Providers;

/// <summary>One way of sending email. Knows nothing of campaigns, the ledger or limits; never repeats a call whose answer it does not know.</summary>
internal interface IEmailSender
{
    /// <summary>Value of <c>campaign_emails.provider</c>, and the name under which the provider's webhook reports.</summary>
    string Provider { get; }

    /// <summary>
    /// Recipients that are recorded as submitted together. All of them become unconfirmed when the process dies before the answer, so a
    /// provider that cannot be asked afterwards takes few.
    /// </summary>
    int MostAtOnce { get; }

    /// <summary>True when its webhook reports every message that it took, so that silence means something.</summary>
    bool IsReported { get; }

    /// <summary>Divides messages into calls. Nothing is sent.</summary>
    IReadOnlyList<SendRequest> Arrange(IReadOnlyList<OutgoingMessage> messages);

    /// <summary>Makes one call.</summary>
    /// <returns>One answer for each message of the request.</returns>
    Task<IReadOnlyList<SendAnswer>> SendAsync(SendRequest request, MailSender sender, CancellationToken cancellationToken);

    /// <summary>Asks the provider what became of a message whose answer was lost.</summary>
    Task<SendTrace> FindAsync(Guid sendId, CancellationToken cancellationToken);
}

/// <summary>Who the message is from.</summary>
/// <param name="Email">Address of the sender.</param>
/// <param name="Name">Name shown beside it; null for none.</param>
/// <param name="ReplyTo">Where answers go; null for the sender.</param>
internal sealed record MailSender(string Email, string? Name, string? ReplyTo);

/// <summary>What a provider knows of a message.</summary>
internal enum SendTrace
{
    /// <summary>It has it.</summary>
    Accepted,

    /// <summary>It had it and gave it up.</summary>
    Refused,

    /// <summary>It never got it.</summary>
    NeverArrived,

    /// <summary>It cannot be asked, or did not answer.</summary>
    CannotTell,
}
