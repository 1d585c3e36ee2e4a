namespace Marketing.Campaigns.Messages;

/// <summary>Facts of one recipient that a template may use.</summary>
/// <param name="ContactId">The contact.</param>
/// <param name="Email">Address that the message goes to.</param>
/// <param name="SendId">Our id of the message, for tracking.</param>
/// <param name="Contact">What <c>contact</c> holds in a template; <see cref="ContactFacts"/> reads it.</param>
/// <param name="UnsubscribePage">The preference page, for the link in the body.</param>
/// <param name="OneClick">The address of the header <c>List-Unsubscribe</c>.</param>
internal sealed record Recipient(Guid ContactId, string Email, string SendId, IReadOnlyDictionary<string, object?> Contact, Uri UnsubscribePage, Uri OneClick);
