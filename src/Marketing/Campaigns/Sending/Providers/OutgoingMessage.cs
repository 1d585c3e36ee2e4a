using Marketing.Campaigns.Messages;

namespace Marketing.Campaigns.Sending.Providers;

/// <summary>One message to one recipient, ready to go.</summary>
/// <param name="SendId">Our id of it, which the provider echoes. Opaque: no address, no name, no contact.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Variant">Variant of the content.</param>
/// <param name="Email">Address of the recipient.</param>
/// <param name="Content">What they read.</param>
internal sealed record OutgoingMessage(Guid SendId, Guid CampaignId, string Variant, string Email, RenderedMessage Content);
