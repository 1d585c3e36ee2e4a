namespace Marketing.Campaigns.Sending;

/// <summary>One queued row of the ledger with its contact as it stands now.</summary>
/// <param name="SendId">The message.</param>
/// <param name="ContactId">The contact.</param>
/// <param name="Variant">Variant of the content.</param>
/// <param name="Email">The contact's address; null when the contact or its address is gone.</param>
/// <param name="HasConsent">They still agree to marketing.</param>
/// <param name="Country">Their country; null where unknown.</param>
/// <param name="Facts">JSON of what templates may use.</param>
internal sealed record Candidate(Guid SendId, Guid ContactId, string Variant, string? Email, bool HasConsent, string? Country, string Facts);

/// <summary>What is decided about a candidate without asking the provider.</summary>
/// <param name="SendId">The message.</param>
/// <param name="State">New state: suppressed, skipped, or queued again.</param>
/// <param name="Reason">Why.</param>
/// <param name="DueAt">When it is due again; null for unchanged.</param>
internal sealed record Verdict(Guid SendId, string State, string Reason, DateTimeOffset? DueAt = null);
