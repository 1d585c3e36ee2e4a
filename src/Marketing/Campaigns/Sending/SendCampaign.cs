using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Operations;
using Marketing.Problems;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Sends one campaign for a while: freezes its recipients if that has not been done, then batch after batch until nothing is due, a limit holds, the
/// campaign is no longer active, or its time is up. Any number may run at once, for one campaign or many.
/// </summary>
public sealed partial class SendCampaign
{
    // A limit may be changed meanwhile.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(15);

    private readonly NpgsqlDataSource database;
    private readonly SendParts parts;
    private readonly WorkQueue queue;
    private readonly SendingOptions options;
    private readonly ILogger<SendCampaign> logger;

    internal SendCampaign(NpgsqlDataSource database, SendParts parts, WorkQueue queue, IOptions<SendingOptions> options, ILogger<SendCampaign> logger) =>
        (this.database, this.parts, this.queue, this.options, this.logger) = (database, parts, queue, options.Value, logger);

    /// <summary>Sends.</summary>
    /// <exception cref="NpgsqlException">The database failed; the message will come again.</exception>
    public async Task RunAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        if (!await parts.Fence.IsReleasedAsync(cancellationToken) || !await IsActiveAsync(campaignId, cancellationToken)) return;
        await parts.Freeze.RunAsync(campaignId, cancellationToken);
        if (await parts.Restored.RunAsync(campaignId, cancellationToken)) return;
        if (await OpenAsync(campaignId, cancellationToken) is not { } campaign) return;
        var until = parts.Clock.GetUtcNow() + options.RunFor;
        var (submitted, decided) = (0, 0);
        var next = TimeSpan.Zero;
        while (true)
        {
            // The status is read before each batch: a pause or an end takes effect with the next one.
            if (cancellationToken.IsCancellationRequested || parts.Clock.GetUtcNow() >= until) break;
            if (!await IsActiveAsync(campaignId, cancellationToken)) return;
            var batch = await parts.Submit.RunAsync(campaign, parts.Observer, cancellationToken);
            (submitted, decided) = (submitted + batch.Submitted, decided + batch.Decided);
            if (batch == BatchResult.NothingDue) return;
            if (batch.Wait is { } wait)
            {
                next = wait;
                break;
            }
        }
        CampaignSent(logger, campaignId, submitted, decided);
        if (next > options.RedispatchAfter)
        {
            await RestAsync(campaignId, next);
            return;
        }
        // Without a lost wait: the timer calls workers only after a while. Losing this message costs that while.
        await queue.SendAsync(QueueNames.SendCampaign, campaignId, Visible(next), CancellationToken.None);
    }

    private async Task<CampaignSending?> OpenAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        CampaignEmail email;
        try
        {
            email = await parts.Messages.RunAsync(campaignId, cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is MessageRenderException or ProblemException)
        {
            await StopAsync(campaignId, $"The message cannot be made: {unreadable.Message}", cancellationToken);
            return null;
        }
        if (!parts.Senders.TryGetValue(email.Provider, out var sender))
        {
            await StopAsync(campaignId, $"No provider is called '{email.Provider}'. Known: {string.Join(", ", parts.Senders.Keys)}.", cancellationToken);
            return null;
        }
        var buckets = await parts.Buckets.RunAsync(campaignId, email.Provider, email.SenderEmail, CampaignSending.OwnRate(email.Settings), cancellationToken);
        return new CampaignSending(email, sender, new MailSender(email.SenderEmail, email.SenderName, email.ReplyTo), buckets, CampaignSending.WantsQuietHours(email.Settings));
    }

    private async Task StopAsync(Guid campaignId, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StopCampaign.RunAsync(connection, campaignId, reason, cancellationToken);
    }

    // A worker at work moves the time at which others are called, so that they do not pile up.
    private async Task<bool> IsActiveAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with moved as (
                update marketing_ops.campaign_sendings set redispatch_at = now() + $2 where campaign_id = $1 and redispatch_at < now() + $2 - interval '10 seconds')
            select exists (select from marketing.campaigns where id = $1 and status = 'active')
               and not exists (select from marketing_ops.campaign_sendings where campaign_id = $1 and late_after < now())
            """);
        command.Parameters.AddWithValue(campaignId);
        command.Parameters.AddWithValue(options.RedispatchAfter);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // The timer calls workers when a limit lets go. A message of each worker would meet those of the timer's own workers, and their number grow with every hour.
    private async Task RestAsync(Guid campaignId, TimeSpan wait)
    {
        await using var command = database.CreateCommand("update marketing_ops.campaign_sendings set redispatch_at = now() + $2 where campaign_id = $1");
        command.Parameters.AddWithValue(campaignId);
        command.Parameters.AddWithValue(wait < LongestRest ? wait : LongestRest);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    // A queue keeps a message back for at most seven days.
    private static TimeSpan? Visible(TimeSpan wait) => wait <= TimeSpan.Zero ? null : TimeSpan.FromSeconds(Math.Min(Math.Ceiling(wait.TotalSeconds), TimeSpan.FromDays(7).TotalSeconds));

    [LoggerMessage(4200, LogLevel.Information, "Campaign {CampaignId}: {Submitted} recipients submitted, {Decided} decided without a message")]
    private static partial void CampaignSent(ILogger logger, Guid campaignId, int submitted, int decided);
}
