using System.Text.Json;
using Npgsql;

namespace Marketing.Social.Preflight;

/// <summary>Reads what the database knows of accounts and media, in one go for any number of drafts.</summary>
internal sealed class ReadDraftFacts(NpgsqlDataSource database)
{
    // As publishing chooses: of an image that is no JPEG, or a large one, the widest JPEG rendition goes out.
    private const long MaxOriginalBytes = 8_000_000;

    /// <summary>Facts of accounts by key; those that do not exist are absent.</summary>
    public async Task<Dictionary<Guid, AccountFacts>> AccountsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select account.id, account.social_account_id, account.platform, account.status, coalesce(account.external_account_id, '') <> '' and account.access_token is not null, account.token_expires_at,
                   (select max(block.until) from marketing_ops.rate_blocks block where block.key in (account.platform || '/app', account.platform || '/account/' || account.id)),
                   own.paused_at is not null or exists (select from marketing_ops.publishing_pause)
            from   marketing.social_accounts account left join marketing_ops.account_publishing own on own.account_id = account.id
            where  account.id = any($1)
            """);
        command.Parameters.AddWithValue(ids.Distinct().ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var facts = new Dictionary<Guid, AccountFacts>();
        while (await reader.ReadAsync(cancellationToken))
            facts[reader.GetGuid(0)] = new AccountFacts(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetBoolean(4), At(reader, 5), At(reader, 6), reader.GetBoolean(7));
        return facts;
    }

    /// <summary>Facts of media by address.</summary>
    public async Task<Dictionary<string, MediaFacts>> MediaAsync(IReadOnlyCollection<string> urls, CancellationToken cancellationToken)
    {
        var facts = urls.Distinct(StringComparer.Ordinal).ToDictionary(url => url, Guess, StringComparer.Ordinal);
        if (facts.Count == 0) return facts;
        await using var command = database.CreateCommand("""
            select distinct on (wanted.url) wanted.url, asset.asset_id, asset.asset_type, asset.mime_type, asset.file_size_bytes, (asset.dimensions ->> 'width')::numeric::int, (asset.dimensions ->> 'height')::numeric::int,
                   asset.duration_seconds, asset.alt_text, coalesce(asset.status, 'active') not in ('archived', 'deleted', 'error'), asset.file_url = wanted.url, blob.renditions::text
            from   unnest($1) wanted (url)
            cross  join lateral marketing_ops.assets_at(wanted.url) found (id)
            join   marketing.content_library asset on asset.id = found.id
            left   join lateral (select renditions from marketing_ops.ingested_blobs b where b.asset_id = asset.id order by b.created_at desc limit 1) blob on true
            order  by wanted.url, asset.created_at
            """);
        command.Parameters.AddWithValue(facts.Keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var own = new MediaFacts(
                reader.GetString(0), reader.GetString(1), reader.GetString(2) is "image" or "video" ? reader.GetString(2) : null, reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.IsDBNull(6) ? null : reader.GetInt32(6),
                reader.IsDBNull(7) ? null : reader.GetInt32(7), reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetBoolean(9));
            facts[own.Url] = AsItGoesOut(own, reader.GetBoolean(10), reader.IsDBNull(11) ? null : reader.GetString(11));
        }
        return facts;
    }

    private static MediaFacts AsItGoesOut(MediaFacts own, bool isOriginal, string? renditions)
    {
        if (renditions is null || own.Kind != "image" || (isOriginal && own is { MimeType: "image/jpeg", Bytes: null or <= MaxOriginalBytes })) return own;
        using var json = JsonDocument.Parse(renditions);
        if (json.RootElement.ValueKind != JsonValueKind.Array) return own;
        var candidates = json.RootElement.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).ToList();
        var chosen = isOriginal
            ? candidates.Where(item => Text(item, "format") is "jpeg" or "jpg" or "image/jpeg").OrderByDescending(item => Number(item, "width") ?? 0).FirstOrDefault()
            : candidates.FirstOrDefault(item => Text(item, "url") == own.Url);
        return chosen.ValueKind != JsonValueKind.Object ? own : own with
        {
            MimeType = Text(chosen, "format") is { } format ? (format.Contains('/', StringComparison.Ordinal) ? format : format == "jpg" ? "image/jpeg" : $"image/{format}") : own.MimeType,
            Bytes = Number(chosen, "bytes"),
            Width = (int?)Number(chosen, "width"),
            Height = (int?)Number(chosen, "height"),
        };
    }

    // The name's ending is all that an address outside of the library tells; it is a guess, so the media type stays unknown.
    private static MediaFacts Guess(string url)
    {
        var path = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.AbsolutePath : url;
        var kind = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jpg" or ".jpeg" or ".png" or ".webp" or ".gif" or ".heic" => "image",
            ".mp4" or ".mov" or ".webm" or ".m4v" => "video",
            _ => null,
        };
        return new MediaFacts(url, null, kind, null, null, null, null, null, null, IsUsable: true);
    }

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
