using Marketing.Campaigns.Preflight;
using Marketing.Identity;
using Marketing.Problems;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Campaigns.Life;

/// <summary>
/// Starts scheduled campaigns whose time has come. Each is looked at once more: what cannot go out, or comes more than a day late because nothing ran
/// meanwhile, becomes a draft again with the reason. Any number may run at once: the row of the campaign decides.
/// </summary>
public sealed partial class StartDueCampaigns
{
    private const int MostAtOnce = 50;
    private static readonly TimeSpan Latest = TimeSpan.FromHours(24);

    private readonly NpgsqlDataSource database;
    private readonly MoveCampaign move;
    private readonly CheckCampaign preflight;
    private readonly TimeProvider clock;
    private readonly ILogger<StartDueCampaigns> log;

    internal StartDueCampaigns(NpgsqlDataSource database, MoveCampaign move, CheckCampaign preflight, TimeProvider clock, ILogger<StartDueCampaigns> log) =>
        (this.database, this.move, this.preflight, this.clock, this.log) = (database, move, preflight, clock, log);

    /// <summary>Starts them.</summary>
    /// <returns>How many were started.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var started = 0;
        foreach (var (campaign, sendAt) in await DueAsync(cancellationToken))
        {
            var caller = Caller.Job("start_due_campaigns");
            try
            {
                var problem = clock.GetUtcNow() - sendAt > Latest ? $"late: it was due at {sendAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} and nothing ran." : await ProblemAsync(campaign, cancellationToken);
                if (problem is not null)
                {
                    await move.TakeBackAsync(campaign, problem, caller, cancellationToken);
                    LogTakenBack(campaign, problem);
                }
                else if (await move.StartDueAsync(campaign, caller, cancellationToken)) started++;
            }
            catch (ProblemException gone)
            {
                // Deleted, or without email, since it was found; the others go on.
                LogTakenBack(campaign, gone.Problem.Detail);
            }
        }
        return started;
    }

    private async Task<string?> ProblemAsync(Guid campaign, CancellationToken cancellationToken)
    {
        var report = await preflight.RunAsync(campaign, cancellationToken);
        return report.IsReady ? null : string.Join(' ', report.Findings.Where(finding => finding.IsError).Take(5).Select(finding => $"{finding.Field}: {finding.Rule}: {finding.Actual}"));
    }

    private async Task<List<(Guid, DateTimeOffset)>> DueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select c.id, e.send_at from marketing_ops.campaign_emails e join marketing.campaigns c on c.id = e.campaign_id
            where  e.started_at is null and e.send_at <= now() and c.status = 'scheduled' order by e.send_at limit $1
            """);
        command.Parameters.AddWithValue(MostAtOnce);
        var due = new List<(Guid, DateTimeOffset)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) due.Add((reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1)));
        return due;
    }

    [LoggerMessage(460, LogLevel.Warning, "Campaign {CampaignId} was not started at its time: {Reason}")]
    private partial void LogTakenBack(Guid campaignId, string reason);
}
