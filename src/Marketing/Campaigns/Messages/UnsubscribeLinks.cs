using Marketing.Campaigns.Events;
using Marketing.Suppressions;
using Marketing.Suppressions.Unsubscribe;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Messages;

/// <summary>
/// The addresses by which a person leaves: they need no login, hold nothing readable, never expire and survive a rotation of the key ring. The same
/// message always has the same ones.
/// </summary>
internal sealed class UnsubscribeLinks(UnsubscribeTokens tokens, IOptions<TrackingOptions> options)
{
    /// <summary>Where recipients reach us.</summary>
    public Uri Base { get; } = new(options.Value.PublicAddress);

    /// <summary>The preference page, for the link in the body.</summary>
    public Uri Page(Guid contactId, string email, Guid campaign, string list) => Address("preferences", contactId, email, campaign, list);

    /// <summary>The address for the header <c>List-Unsubscribe</c> (RFC 8058): a POST unsubscribes, a GET shows a page.</summary>
    public Uri OneClick(Guid contactId, string email, Guid campaign, string list) => Address("unsubscribe", contactId, email, campaign, list);

    private Uri Address(string page, Guid contactId, string email, Guid campaign, string list) =>
        new($"{options.Value.PublicAddress.TrimEnd('/')}/api/webhooks/{page}/{tokens.Seal(new Unsubscriber(contactId, SuppressContact.HashOf(email), campaign, list))}");
}
