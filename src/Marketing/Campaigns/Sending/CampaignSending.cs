using System.Text.Json;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Webhooks.Events;

namespace Marketing.Campaigns.Sending;

/// <summary>What a worker holds of one campaign while it sends.</summary>
/// <param name="Email">Its messages.</param>
/// <param name="Sender">The provider.</param>
/// <param name="From">Who it is from.</param>
/// <param name="Buckets">The limits that hold for it.</param>
/// <param name="HasQuietHours">Nobody is written to in the quiet hours.</param>
internal sealed record CampaignSending(CampaignEmail Email, IEmailSender Sender, MailSender From, IReadOnlyList<SendBucket> Buckets, bool HasQuietHours)
{
    /// <summary>The compiled message of each variant.</summary>
    public IReadOnlyDictionary<string, CompiledMessage> Messages { get; } = Email.Variants.ToDictionary(variant => variant.Variant, variant => variant.Message, StringComparer.Ordinal);

    /// <summary>Recipients of one batch: what the provider takes, and no more than any limit could ever grant at once.</summary>
    public int MostAtOnce { get; } = Buckets.Select(bucket => bucket.Messages).Append(Sender.MostAtOnce).Min();

    /// <summary>The campaign's own limit, <c>settings.sending.per_hour</c>; null for none.</summary>
    public static SendRate? OwnRate(JsonElement settings) =>
        settings.Member("sending").Member("per_hour") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var messages) && messages > 0 ? new SendRate { Messages = messages, Per = TimeSpan.FromHours(1) } : null;

    /// <summary>Whether quiet hours hold for the campaign: <c>settings.sending.quiet_hours</c>, true unless it says false.</summary>
    public static bool WantsQuietHours(JsonElement settings) => settings.Member("sending").Member("quiet_hours").ValueKind != JsonValueKind.False;
}
