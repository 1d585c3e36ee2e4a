using System.Text.Json;

namespace Marketing.Campaigns.Messages;

/// <summary>What a campaign sends by email, ready to render.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Provider">Who sends: sendgrid, azure or smtp.</param>
/// <param name="SenderEmail">Address in <c>From</c>.</param>
/// <param name="SenderName">Name in <c>From</c>; null for none.</param>
/// <param name="ReplyTo">Address in <c>Reply-To</c>; null for none.</param>
/// <param name="List">List that recipients can leave by itself; empty when the campaign belongs to none.</param>
/// <param name="Variants">What is sent; their shares and <paramref name="Holdout"/> add up to 1.</param>
/// <param name="Holdout">Share of contacts that get nothing, for comparison.</param>
/// <param name="Settings">All settings; member <c>sending</c> belongs to the sending of the campaign.</param>
internal sealed record CampaignEmail(
    Guid CampaignId, string Provider, string SenderEmail, string? SenderName, string? ReplyTo, string List, IReadOnlyList<MessageVariant> Variants, double Holdout, JsonElement Settings);

/// <summary>One variant of the content.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Share">Its share of the contacts, above 0 to 1.</param>
/// <param name="Message">What it says.</param>
internal sealed record MessageVariant(string Variant, double Share, CompiledMessage Message);
