using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>Finds the active campaigns that have recipients due, or no recipients yet, and no worker at them.</summary>
internal sealed class DueCampaigns(NpgsqlDataSource database, IOptions<SendingOptions> options)
{
    private const int MostAtOnce = 100;

    /// <summary>How many workers a campaign gets.</summary>
    public int Workers => options.Value.Workers;

    /// <summary>Finds them, and marks them as found for a while: dying before the message is sent costs that while, the other way round would call workers twice.</summary>
    public async Task<List<Guid>> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with known as (
                insert into marketing_ops.campaign_sendings (campaign_id)
                select campaign.id from marketing.campaigns campaign join marketing_ops.campaign_emails email on email.campaign_id = campaign.id where campaign.status = 'active'
                on conflict do nothing returning campaign_id),
            due as (
                select sending.campaign_id from marketing_ops.campaign_sendings sending join marketing.campaigns campaign on campaign.id = sending.campaign_id
                where  campaign.status = 'active' and sending.redispatch_at <= now()
                and    (sending.frozen_at is null or exists (select from marketing_ops.campaign_sends where campaign_id = sending.campaign_id and state = 'queued' and due_at <= now()))
                limit  $1 for update of sending skip locked),
            marked as (
                update marketing_ops.campaign_sendings set redispatch_at = now() + $2 where campaign_id in (select campaign_id from due) returning campaign_id)
            select campaign_id from marked union select campaign_id from known
            """);
        command.Parameters.AddWithValue(MostAtOnce);
        command.Parameters.AddWithValue(options.Value.RedispatchAfter);
        var due = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) due.Add(reader.GetGuid(0));
        return due;
    }
}
