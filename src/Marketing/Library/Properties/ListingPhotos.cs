using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Library.Properties;

/// <summary>The photos of listings, a table of another team: where it exists, their order and cover follow those of the property.</summary>
internal sealed class ListingPhotos(IOptions<ExternalTables> external)
{
    /// <summary>Writes order and cover of the listing's photos within the open transaction.</summary>
    public async Task FollowAsync(NpgsqlConnection connection, Guid property, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using (var exists = new NpgsqlCommand("select to_regclass($1) is not null", connection) { Parameters = { new() { Value = tables.ListingPhotos } } })
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true) return;
        }
        // The names were checked at start to be identifiers.
        await using var follow = new NpgsqlCommand($"""
            update {tables.ListingPhotos} photo set {tables.ListingPhotoOrder} = coalesce(link.display_order, 0), {tables.ListingPhotoIsCover} = coalesce(link.is_hero, false)
            from   marketing.property_content link
            where  link.property_id = $1 and photo.{tables.ListingPhotoProperty} = $1 and photo.{tables.ListingPhotoAsset} = link.library_asset_id
            and    (photo.{tables.ListingPhotoOrder}, photo.{tables.ListingPhotoIsCover}) is distinct from (coalesce(link.display_order, 0), coalesce(link.is_hero, false))
            """, connection);
        follow.Parameters.AddWithValue(property);
        await follow.ExecuteNonQueryAsync(cancellationToken);
    }
}
