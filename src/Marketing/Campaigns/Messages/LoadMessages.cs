using System.Text.Json;
using Marketing.Campaigns.Events;
using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Messages;

/// <summary>
/// Reads what a campaign sends, ready to render: the content as it stood when the campaign started, or before that as it stands now.
/// </summary>
internal sealed class LoadMessages(NpgsqlDataSource database, CompileMessage compile, IOptions<EmailOptions> options, IOptions<TrackingOptions> tracking)
{
    /// <summary>What a message is made from, as a row of <c>variant</c> v joined to content c and its template t: JSON that <see cref="MessageSource"/> reads.</summary>
    public const string SourceSql = """
        coalesce(v.source, case when c.id is not null then jsonb_build_object('subject', coalesce(v.subject, c.meta_title, c.title), 'body', c.content_body, 'html', c.content_html,
            'layout', coalesce(t.content_html, t.content_body), 'version', coalesce(c.version, 1), 'status', coalesce(c.status, 'draft')) end)
        """;

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads and compiles.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <param name="withTracking">False leaves links as they were written, whatever the settings.</param>
    /// <exception cref="ProblemException">404: the campaign has no email. 422: a variant has no content.</exception>
    /// <exception cref="MessageRenderException">Content or subject cannot be understood.</exception>
    public async Task<CampaignEmail> RunAsync(Guid campaignId, CancellationToken cancellationToken, bool withTracking = true)
    {
        await using var command = database.CreateCommand($"""
            select e.provider, e.sender_email, e.sender_name, e.reply_to, e.list, e.holdout, e.settings::text, m.campaign_id, m.campaign_name, v.variant, v.share, ({SourceSql})::text
            from   marketing_ops.campaign_emails e join marketing.campaigns m on m.id = e.campaign_id join marketing_ops.campaign_variants v on v.campaign_id = e.campaign_id
                   left join marketing.content c on c.id = v.content_id left join marketing.content t on t.id = c.template_id
            where  e.campaign_id = $1 order by v.variant
            """);
        command.Parameters.AddWithValue(campaignId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        CampaignEmail? email = null;
        var variants = new List<MessageVariant>();
        while (await reader.ReadAsync(cancellationToken))
        {
            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            email ??= new CampaignEmail(campaignId, reader.GetString(0), reader.GetString(1), Text(2), Text(3), reader.GetString(4), variants, (double)reader.GetDecimal(5), JsonElement.Parse(reader.GetString(6)));
            var (variant, json) = (reader.GetString(9), Text(11));
            if (json is null) throw new ProblemException(Problem.Unprocessable("no_content", $"Variant {variant} has no content; it was deleted. PUT the campaign's email with another.", new FieldError("variants", "no_content", $"Variant {variant} has no content.")));
            var settings = MessageSettings.Read(email.Settings, email.Provider);
            if (!withTracking) settings = settings with { Tracking = "none" };
            var frame = new MessageFrame(campaignId, reader.GetString(7), reader.GetString(8), email.List, options.Value.Company, settings.PostalAddress ?? options.Value.PostalAddress, new Uri(tracking.Value.PublicAddress).Host);
            variants.Add(new MessageVariant(variant, (double)reader.GetDecimal(10), compile.Run(variant, JsonSerializer.Deserialize<MessageSource>(json, Snake)!, settings, frame)));
        }
        return email ?? throw new ProblemException(NoEmail);
    }

    /// <summary>The campaign has nothing to send.</summary>
    public static Problem NoEmail { get; } = new(404, "no_email", "The campaign has no email. Write it with PUT /api/campaigns/{id}/email.");
}
