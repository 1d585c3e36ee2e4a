using Npgsql;

namespace Marketing.Library.Usage;

/// <summary>Where an asset is used.</summary>
internal static class AssetUses
{
    private const int MostTold = 20;

    /// <summary>Uses that go on: a scheduled post, a published page or content, an active property, a running campaign. At most twenty.</summary>
    public static async Task<List<AssetUse>> LiveAsync(NpgsqlConnection connection, Guid asset, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select distinct tracked.usage_type, tracked.usage_id from marketing_ops.tracked_usages tracked
            where  tracked.asset_id = $1 and exists (
                select from marketing_ops.uses used where used.usage_type = tracked.usage_type and used.usage_id = tracked.usage_id and used.asset_id = tracked.asset_id and used.is_live)
            order  by 1, 2 limit $2
            """, connection);
        command.Parameters.AddWithValue(asset);
        command.Parameters.AddWithValue(MostTold);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var uses = new List<AssetUse>();
        while (await reader.ReadAsync(cancellationToken)) uses.Add(new AssetUse(reader.GetString(0), reader.GetGuid(1)));
        return uses;
    }
}

/// <summary>One use of an asset.</summary>
/// <param name="UsageType">Kind: social_post, property, website, content, calendar_item, campaign.</param>
/// <param name="UsageId">Row that uses it; of a property its own id.</param>
internal sealed record AssetUse(string UsageType, Guid UsageId);
