using Marketing.Campaigns.Messages;
using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Preflight;

/// <summary>Everything that stands between a campaign and its recipients, found before the first message leaves. Changes nothing.</summary>
internal sealed class CheckCampaign(NpgsqlDataSource database, LoadMessages load, Audience audience, UnsubscribeLinks links, IOptions<EmailOptions> options)
{
    private const int SampleSize = 200;

    /// <summary>Looks at a campaign.</summary>
    /// <exception cref="ProblemException">404: it has no email.</exception>
    public async Task<PreflightReport> RunAsync(Guid campaign, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var email = await LoadAsync(campaign, findings, cancellationToken);
        await CheckRowAsync(campaign, findings, cancellationToken);
        var names = email?.Variants.SelectMany(variant => variant.Message.Names).ToList() ?? [];
        var counted = await audience.CountAsync(campaign, [.. names.SelectMany(name => name.BareFields).Distinct(StringComparer.Ordinal)], cancellationToken);
        if (counted.Recipients == 0) findings.Add(Finding.Error("segment_id", "nobody", $"Nobody would get it: {(counted.LeftOut.Count == 0 ? "the segment has no members" : string.Join(", ", counted.LeftOut.Select(reason => $"{reason.Value} {reason.Key}")))}.", "Choose a segment with members who agreed to marketing, and refresh it."));
        foreach (var key in await audience.LostKeysAsync(cancellationToken))
            findings.Add(Finding.Error("segment_id", "erasure_key_missing", $"Addresses of erased people are kept under key {key}, which the key ring lacks; they could be written to.", $"Put KeyRing:Keys:{key} back. A key stays on the ring while an erasure carries its id."));
        if (email is not null)
        {
            CheckSender(email, findings);
            await CheckMessagesAsync(campaign, email, findings, cancellationToken);
            CheckFacts(names, counted, findings);
        }
        return new PreflightReport(!findings.Any(finding => finding.IsError), counted.Recipients, [.. findings.OrderByDescending(finding => finding.IsError)]);
    }

    private async Task<CampaignEmail?> LoadAsync(Guid campaign, List<Finding> findings, CancellationToken cancellationToken)
    {
        try
        {
            // As written: our links would hide where those of the author lead.
            return await load.RunAsync(campaign, cancellationToken, withTracking: false);
        }
        catch (MessageRenderException unfit)
        {
            findings.Add(Finding.Error("variants", "not_understood", unfit.Message, "Mend the Liquid of content or subject."));
        }
        catch (ProblemException gone) when (gone.Problem.Code == "no_content")
        {
            findings.Add(Finding.Error("variants", "no_content", gone.Problem.Detail, "Name other content."));
        }
        return null;
    }

    private async Task CheckRowAsync(Guid campaign, List<Finding> findings, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select m.segment_id is not null, coalesce(s.status, 'active'), s.segment_type, s.last_calculated_at < now() - interval '7 days' or s.last_calculated_at is null, v.variant, c.status
            from   marketing.campaigns m left join marketing.segments s on s.id = m.segment_id
            join   marketing_ops.campaign_emails e on e.campaign_id = m.id join marketing_ops.campaign_variants v on v.campaign_id = m.id left join marketing.content c on c.id = v.content_id
            where  m.id = $1 order by v.variant
            """);
        command.Parameters.AddWithValue(campaign);
        var isFirst = true;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (isFirst)
            {
                if (!reader.GetBoolean(0)) findings.Add(Finding.Error("segment_id", "no_segment", "The campaign has no segment.", "Set segment_id: whom it is for."));
                else if (reader.GetString(1) != "active") findings.Add(Finding.Warning("segment_id", "segment_not_active", $"The segment is {reader.GetString(1)}.", "Choose one that is kept."));
                else if (!await reader.IsDBNullAsync(2, cancellationToken) && reader.GetString(2) == "dynamic" && reader.GetBoolean(3)) findings.Add(Finding.Warning("segment_id", "segment_stale", "The segment was last calculated more than a week ago.", "POST to its refresh."));
            }
            isFirst = false;
            var status = await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetString(5);
            if (status is not (null or "approved" or "published")) findings.Add(Finding.Error($"variants[{reader.GetString(4)}].content_id", "not_approved", $"The content is {status}.", "Have it approved: status approved or published."));
        }
    }

    private void CheckSender(CampaignEmail email, List<Finding> findings)
    {
        if (!options.Value.IsVerified(email.SenderEmail))
            findings.Add(Finding.Error("sender_email", "not_verified", $"{email.SenderEmail} is not among the verified senders.", $"Verify it with {email.Provider} and add it, or its domain, to Email:VerifiedSenders."));
        if (links.Base.Scheme != Uri.UriSchemeHttps)
            findings.Add(Finding.Warning("list", "no_one_click", $"Recipients reach us at {links.Base}, which is not https; mailboxes then offer no one-click unsubscribe.", "Set Tracking:PublicAddress to an https address."));
    }

    private async Task CheckMessagesAsync(Guid campaign, CampaignEmail email, List<Finding> findings, CancellationToken cancellationToken)
    {
        var sample = await audience.SampleAsync(campaign, SampleSize, cancellationToken);
        foreach (var variant in email.Variants)
        {
            var field = $"variants[{variant.Variant}]";
            // A small variant may have nobody in the sample; then another recipient shows what it would get.
            var contact = sample.Where(member => member.Variant == variant.Variant).Concat(sample).FirstOrDefault();
            if (contact.Email is null || await audience.ContactAsync(contact.Id, cancellationToken) is not var (address, facts)) continue;
            var recipient = new Recipient(contact.Id, address, "preflight", facts, links.Page(contact.Id, address, campaign, email.List), links.OneClick(contact.Id, address, campaign, email.List));
            try
            {
                findings.AddRange(CheckMessage.Run(field, variant.Message.Render(recipient), recipient, variant.Message.PostalAddress));
            }
            catch (MessageRenderException unfit)
            {
                findings.Add(Finding.Error(field, "not_renderable", $"For contact {contact.Id}: {unfit.Message}", "Mend the Liquid of content or subject."));
            }
        }
    }

    private void CheckFacts(IReadOnlyCollection<LiquidNames> names, AudienceFacts counted, List<Finding> findings)
    {
        foreach (var unknown in names.SelectMany(used => used.Others).Except(CompiledMessage.KnownNames).Distinct(StringComparer.Ordinal))
            findings.Add(Finding.Error("variants", "unknown_variable", $"The message uses {{{{ {unknown} }}}}, which is nothing.", $"Use contact.{{field}}, {string.Join(", ", CompiledMessage.KnownNames.Skip(1))}."));
        var used = names.SelectMany(name => name.ContactFields).Distinct(StringComparer.Ordinal).ToList();
        foreach (var field in used.Except(options.Value.Fields))
            findings.Add(Finding.Error("variants", "unknown_variable", $"The message uses {{{{ contact.{field} }}}}, which templates may not use.", $"Fields: {string.Join(", ", options.Value.Fields)}; Email:ContactFields adds more."));
        foreach (var (field, missing) in counted.Missing.Where(count => count.Value > 0))
            findings.Add(Finding.Error("variants", "missing_value", $"{missing} of {counted.Recipients} recipients have no {field}.", $"Give a default: {{{{ contact.{field} | default: \"…\" }}}}, or leave them out of the segment."));
        if (counted.Roles > 0) findings.Add(Finding.Warning("segment_id", "role_addresses", $"{counted.Roles} recipients have addresses of a role, such as info@; such addresses seldom agreed and are often traps.", "Leave them out, or make sure that they asked for it."));
        if (counted.Disposable > 0) findings.Add(Finding.Warning("segment_id", "disposable_addresses", $"{counted.Disposable} recipients have throw-away addresses.", "Leave them out."));
    }
}
