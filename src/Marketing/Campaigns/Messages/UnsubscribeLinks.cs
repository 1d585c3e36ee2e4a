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

    /// <summary>Links as in a message that open the same pages and change nothing: whoever looks at a preview must not be able to act for the contact.</summary>
    public (Uri Page, Uri OneClick) Sample(Guid campaign, string list) => (Address("preferences", Unsubscriber.Sample(campaign, list)), Address("unsubscribe", Unsubscriber.Sample(campaign, list)));

    private Uri Address(string page, Guid contactId, string email, Guid campaign, string list) => Address(page, new Unsubscriber(contactId, SuppressContact.HashOf(email), campaign, list));

    private Uri Address(string page, Unsubscriber who) => new($"{options.Value.PublicAddress.TrimEnd('/')}/api/webhooks/{page}/{tokens.Seal(who)}");
}
