namespace Marketing.Campaigns.Messages;

/// <summary>What a message is made from. Serialised into <c>campaign_variants.source</c> when the campaign starts.</summary>
/// <param name="Subject">Subject, Liquid.</param>
/// <param name="Body">Text in Markdown with Liquid; null for none.</param>
/// <param name="Html">HTML with Liquid; null for none.</param>
/// <param name="Layout">HTML of the content's template with <c>{{ content }}</c> where the message stands; null for ours.</param>
/// <param name="Version">Version of the content.</param>
/// <param name="Status">Status of the content.</param>
internal sealed record MessageSource(string Subject, string? Body, string? Html, string? Layout, int Version, string Status);

/// <summary>What all messages of one campaign share.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="CampaignCode">Its business id.</param>
/// <param name="CampaignName">Its name.</param>
/// <param name="List">Its list.</param>
/// <param name="Company">Name of the company.</param>
/// <param name="PostalAddress">Postal address; empty for none.</param>
/// <param name="ListDomain">Domain in <c>List-Id</c>.</param>
internal sealed record MessageFrame(Guid CampaignId, string CampaignCode, string CampaignName, string List, string Company, string PostalAddress, string ListDomain);
