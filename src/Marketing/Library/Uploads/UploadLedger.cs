using System.Text.Json;
using Marketing.Identity;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Library.Uploads;

/// <summary>The rows of <c>marketing_ops.asset_uploads</c>: files on their way into the library.</summary>
internal sealed class UploadLedger(NpgsqlDataSource database)
{
    private const string Columns = "id, kind, state, reason, subject, filename, mime_type, size_bytes, metadata::text, allow_duplicate, source_url, blob_name, is_duplicate, lease_token, attempts";

    /// <summary>Opens an upload.</summary>
    public async Task<Guid> OpenAsync(string kind, Caller caller, UploadRequest request, string? sourceUrl, TimeSpan life, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into marketing_ops.asset_uploads (kind, subject, created_by, filename, mime_type, size_bytes, metadata, allow_duplicate, source_url, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + $10) returning id
            """);
        command.Parameters.AddWithValue(kind);
        command.Parameters.AddWithValue(caller.Subject);
        command.Parameters.AddWithValue(caller.Name);
        command.Parameters.AddWithValue(request.Filename);
        command.Parameters.Add(new() { Value = (object?)request.MimeType ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)request.SizeBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(request.Metadata), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.AddWithValue(request.AllowDuplicate);
        command.Parameters.Add(new() { Value = (object?)sourceUrl ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(life);
        return (Guid)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>An upload; null when there is none.</summary>
    public Task<Upload?> FindAsync(Guid id, CancellationToken cancellationToken) => OneAsync($"select {Columns} from marketing_ops.asset_uploads where id = $1", cancellationToken, id);

    /// <summary>Takes an import whose turn it is; null when another worker has it or it has ended.</summary>
    public Task<Upload?> LeaseAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) => OneAsync($"""
        update marketing_ops.asset_uploads set leased_until = now() + $2, lease_token = gen_random_uuid(), attempts = attempts + 1
        where  id = $1 and kind = 'import' and state = 'open' and (leased_until is null or leased_until < now())
        returning {Columns}
        """, cancellationToken, id, lease);

    /// <summary>Gives an import back, to be tried again after a while.</summary>
    public Task ReleaseAsync(Upload upload, TimeSpan wait, string reason, CancellationToken cancellationToken) => RunAsync(
        "update marketing_ops.asset_uploads set leased_until = now() + $3, lease_token = null, reason = $4 where id = $1 and lease_token = $2", cancellationToken, upload.Id, upload.LeaseToken!.Value, wait, reason);

    /// <summary>Ends an upload that is still open.</summary>
    public Task EndAsync(Guid id, string state, string reason, CancellationToken cancellationToken) => RunAsync(
        "update marketing_ops.asset_uploads set state = $2, reason = $3, finished_at = now(), leased_until = null, lease_token = null where id = $1 and state = 'open'", cancellationToken, id, state, reason);

    /// <summary>Ends an upload whose content is in the library's container, under its own name or, as a duplicate, under another's.</summary>
    public Task CompleteAsync(Guid id, string blobName, byte[] sha256, bool isDuplicate, CancellationToken cancellationToken) => RunAsync("""
        update marketing_ops.asset_uploads set state = 'completed', reason = null, blob_name = $2, sha256 = $3, is_duplicate = $4, finished_at = now(), leased_until = null, lease_token = null
        where  id = $1 and state = 'open'
        """, cancellationToken, id, blobName, sha256, isDuplicate);

    /// <summary>Uploads that nobody completed in time.</summary>
    public async Task<List<Guid>> ExpiredAsync(int limit, CancellationToken cancellationToken) =>
        await ListAsync("select id from marketing_ops.asset_uploads where state = 'open' and expires_at < now() and (leased_until is null or leased_until < now()) order by expires_at limit $1", limit, cancellationToken);

    /// <summary>Imports that wait without a worker, because a message was lost or its worker died.</summary>
    public async Task<List<Guid>> WaitingImportsAsync(int limit, CancellationToken cancellationToken) => await ListAsync("""
        select id from marketing_ops.asset_uploads
        where  state = 'open' and kind = 'import' and expires_at >= now() and coalesce(leased_until, created_at + interval '2 minutes') < now() order by created_at limit $1
        """, limit, cancellationToken);

    private async Task<List<Guid>> ListAsync(string sql, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetGuid(0));
        return ids;
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Upload?> OneAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        return new Upload(
            reader.GetGuid(0), reader.GetString(1), reader.GetString(2), Text(3), reader.GetString(4), reader.GetString(5), Text(6), reader.IsDBNull(7) ? null : reader.GetInt64(7),
            JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(8))!, reader.GetBoolean(9), Text(10), Text(11), reader.GetBoolean(12), reader.IsDBNull(13) ? null : reader.GetGuid(13), reader.GetInt32(14));
    }
}

/// <summary>A file on its way into the library.</summary>
internal sealed record Upload(
    Guid Id, string Kind, string State, string? Reason, string Subject, string Filename, string? MimeType, long? SizeBytes, Dictionary<string, string> Metadata, bool AllowDuplicate,
    string? SourceUrl, string? BlobName, bool IsDuplicate, Guid? LeaseToken, int Attempts)
{
    /// <summary>Where its client writes to.</summary>
    public string StagedName => Id.ToString("N");

    /// <summary>Where it goes: a name that no signature ever covers.</summary>
    public string FinalName => $"api/{Id:N}/{Filename}";
}
