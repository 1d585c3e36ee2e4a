using System.Text.RegularExpressions;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Sending;

/// <summary>Looks at each claimed recipient as things stand now, and makes the messages of those who get one. Asks nobody.</summary>
internal sealed partial class PrepareMessages(UnsubscribeLinks links, IOptions<SendingOptions> options, TimeProvider clock)
{
    private readonly QuietHours quiet = new(options.Value.QuietFrom, options.Value.QuietUntil);

    /// <summary>Most messages to one contact, and in which span; 0 for no cap.</summary>
    public (int Messages, TimeSpan Per) Cap => (options.Value.ContactCap, options.Value.ContactCapPer);

    /// <summary>Messages, and what is decided about the others.</summary>
    public (IReadOnlyList<OutgoingMessage> Messages, IReadOnlyList<Verdict> Verdicts) Run(CampaignSending campaign, IReadOnlyList<Candidate> candidates, HashSet<string> suppressed)
    {
        var now = clock.GetUtcNow();
        var messages = new List<OutgoingMessage>(candidates.Count);
        var verdicts = new List<Verdict>();
        foreach (var candidate in candidates)
        {
            if (Refuse(campaign, candidate, suppressed, now) is { } verdict) verdicts.Add(verdict);
            else if (Make(campaign, candidate) is var (message, poison) && message is not null) messages.Add(message);
            else verdicts.Add(poison!);
        }
        return (messages, verdicts);
    }

    private Verdict? Refuse(CampaignSending campaign, Candidate candidate, HashSet<string> suppressed, DateTimeOffset now)
    {
        if (candidate.Email is not { Length: > 0 } email) return new Verdict(candidate.SendId, SendState.Skipped, "contact_gone");
        if (!Address().IsMatch(email)) return new Verdict(candidate.SendId, SendState.Skipped, "not_an_address");
        if (suppressed.Contains(email)) return new Verdict(candidate.SendId, SendState.Suppressed, "suppressed");
        if (!candidate.HasConsent) return new Verdict(candidate.SendId, SendState.Suppressed, "no_consent");
        if (!campaign.HasQuietHours) return null;
        var next = quiet.Next(now, ContactZone.Of(candidate.Country, options.Value.TimeZone));
        return next > now ? new Verdict(candidate.SendId, SendState.Queued, "quiet_hours", next) : null;
    }

    private (OutgoingMessage? Message, Verdict? Poison) Make(CampaignSending campaign, Candidate candidate)
    {
        var email = campaign.Email;
        if (!campaign.Messages.TryGetValue(candidate.Variant, out var compiled)) return (null, new Verdict(candidate.SendId, SendState.Skipped, "variant_gone"));
        try
        {
            var content = compiled.Render(new Recipient(
                candidate.ContactId, candidate.Email!, candidate.SendId.ToString(), ContactFacts.Read(candidate.Facts),
                links.Page(candidate.ContactId, candidate.Email!, email.CampaignId, email.List), links.OneClick(candidate.ContactId, candidate.Email!, email.CampaignId, email.List)));
            return (new OutgoingMessage(candidate.SendId, email.CampaignId, candidate.Variant, candidate.Email!, content), null);
        }
        catch (MessageRenderException poison)
        {
            return (null, new Verdict(candidate.SendId, SendState.Skipped, $"not_renderable: {poison.Message}"));
        }
    }

    // As at the freeze: an address may have been changed since.
    [GeneratedRegex("""\A[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+\z""")]
    private static partial Regex Address();
}
