using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Pauses, once, a campaign whose database has been released in another environment since its recipients were frozen: the database may be a copy that does not
/// know of messages which left after it was made, and would send them again. A person compares with the provider and resumes.
/// </summary>
internal sealed class HoldRestored(NpgsqlDataSource database)
{
    /// <summary>Looks.</summary>
    /// <returns>True when the campaign has been paused now.</returns>
    public async Task<bool> RunAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand("""
            update marketing_ops.campaign_sendings sending set environment = owner.id
            from   marketing_ops.environment owner
            where  sending.campaign_id = $1 and sending.environment <> owner.id
            """, connection))
        {
            command.Parameters.AddWithValue(campaignId);
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        }
        await StopCampaign.RunAsync(connection, campaignId, "The database was released in another environment: messages that left after its copy was made are unknown here. Compare with the provider, then resume.", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
