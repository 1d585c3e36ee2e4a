using System.Security.Cryptography;
using System.Text;
using Marketing.Identity;
using Marketing.Problems;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Resources.Writing;

/// <summary>
/// The transaction of one write request. With an idempotency key the stored answer commits together with the write, so that a repeat of
/// the request, at once or after a crash, finds either both or neither.
/// </summary>
internal sealed class WriteSession : IAsyncDisposable
{
    /// <summary>Longest idempotency key, in characters.</summary>
    public const int MaxKeyLength = 255;

    private readonly NpgsqlTransaction transaction;
    private readonly bool isDryRun;
    private readonly string? key;

    private WriteSession(NpgsqlConnection connection, NpgsqlTransaction transaction, Caller caller, bool isDryRun, string? key) =>
        (Connection, this.transaction, Caller, this.isDryRun, this.key) = (connection, transaction, caller, isDryRun, key);

    /// <summary>The connection of the transaction.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Who writes.</summary>
    public Caller Caller { get; }

    /// <summary>Whom the caller says it acts for; null for nobody.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The answer that an earlier request with the same key got; null when this one is the first.</summary>
    public StoredAnswer? Earlier { get; private set; }

    /// <summary>Opens the transaction, and takes the idempotency key where there is one.</summary>
    /// <param name="database">The database.</param>
    /// <param name="caller">Who writes.</param>
    /// <param name="isDryRun">Nothing will be stored.</param>
    /// <param name="key">Idempotency key; null without.</param>
    /// <param name="onBehalfOf">Whom the caller says it acts for; null for nobody.</param>
    /// <param name="request">Method, address and body: what must be the same under the same key.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ProblemException">The key is too long, or was used with another request.</exception>
    public static async Task<WriteSession> OpenAsync(NpgsqlDataSource database, Caller caller, bool isDryRun, string? key, string? onBehalfOf, RequestFingerprint request, CancellationToken cancellationToken)
    {
        if (key is { Length: 0 or > MaxKeyLength }) throw new ProblemException(Problem.BadRequest("invalid_idempotency_key", $"Idempotency-Key has 1 to {MaxKeyLength} characters; a random uuid is a good one."));
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var session = new WriteSession(connection, transaction, caller, isDryRun, isDryRun ? null : key) { OnBehalfOf = onBehalfOf };
            if (session.key is not null) await session.TakeKeyAsync(request.Hash, cancellationToken);
            return session;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the write: stores the answer under the idempotency key and commits, or in a dry run takes everything back.</summary>
    public async Task CompleteAsync(StoredAnswer answer, CancellationToken cancellationToken)
    {
        if (isDryRun)
        {
            await transaction.RollbackAsync(cancellationToken);
            return;
        }
        if (key is null)
        {
            await transaction.CommitAsync(cancellationToken);
            return;
        }
        var store = new NpgsqlBatchCommand("update marketing_ops.idempotency_keys set status = $3, headers = $4, body = $5 where caller = $1 and key = $2");
        AddKey(store.Parameters);
        store.Parameters.AddWithValue(answer.Status);
        store.Parameters.Add(new() { Value = System.Text.Json.JsonSerializer.Serialize(answer.Headers, AnswerJson.Default.DictionaryStringString), NpgsqlDbType = NpgsqlDbType.Jsonb });
        store.Parameters.AddWithValue(answer.Body.ToArray());
        // The commit travels with the answer, which spares a way to the server and back.
        await using var batch = new NpgsqlBatch(Connection) { BatchCommands = { store, new NpgsqlBatchCommand("commit") } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Remembers the state, so that what follows can be taken back alone.</summary>
    public Task SaveAsync(string name, CancellationToken cancellationToken) => transaction.SaveAsync(name, cancellationToken);

    /// <summary>Takes back what followed the remembered state.</summary>
    public Task TakeBackAsync(string name, CancellationToken cancellationToken) => transaction.RollbackAsync(name, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    // A request with the same key that is still under way holds the row, so that this one waits for its end.
    private async Task TakeKeyAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using (var take = new NpgsqlCommand("insert into marketing_ops.idempotency_keys (caller, key, request_hash) values ($1, $2, $3) on conflict (caller, key) do nothing", Connection))
        {
            AddKey(take.Parameters);
            take.Parameters.AddWithValue(hash);
            if (await take.ExecuteNonQueryAsync(cancellationToken) == 1) return;
        }
        await using var read = new NpgsqlCommand("select request_hash, status, headers::text, body from marketing_ops.idempotency_keys where caller = $1 and key = $2", Connection);
        AddKey(read.Parameters);
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new ProblemException(new Problem(409, "concurrent_write", "The idempotency key was removed at this moment. Send the request again.") { RetryAfterSeconds = 1 });
        if (!CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(0), hash))
            throw new ProblemException(Problem.Unprocessable("idempotency_key_reused", "The Idempotency-Key was used with another request in the last 24 hours. Send a new key with a new request, and the same body with the same key."));
        Earlier = new StoredAnswer(reader.GetInt32(1), System.Text.Json.JsonSerializer.Deserialize(reader.GetString(2), AnswerJson.Default.DictionaryStringString)!, reader.GetFieldValue<byte[]>(3));
    }

    private void AddKey(NpgsqlParameterCollection parameters)
    {
        parameters.AddWithValue(Caller.Subject);
        parameters.AddWithValue(key!);
    }
}

/// <summary>What a write answers with.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Headers that belong to it.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record StoredAnswer(int Status, Dictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <summary>A hash of what makes a request the same: method, address, content type, what it prefers, body.</summary>
internal readonly record struct RequestFingerprint(byte[] Hash)
{
    /// <summary>The fingerprint of a request whose body was read.</summary>
    public static RequestFingerprint Of(Microsoft.AspNetCore.Http.HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n{request.ContentType}\n{request.Headers["Prefer"]}\n{request.Headers.Accept}\n"));
        hash.AppendData(body);
        return new RequestFingerprint(hash.GetHashAndReset());
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class AnswerJson : System.Text.Json.Serialization.JsonSerializerContext;
