using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Reads one row.</summary>
internal sealed class ReadItem(NpgsqlDataSource database)
{
    /// <summary>The row; null when there is none that the caller may see.</summary>
    public async Task<Item?> RunAsync(ReadQuery query, RowKey key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await RunAsync(connection, query, key, cancellationToken);
    }

    /// <summary>The row as an open transaction sees it; null when there is none that the caller may see.</summary>
    public static async Task<Item?> RunAsync(NpgsqlConnection connection, ReadQuery query, RowKey key, CancellationToken cancellationToken)
    {
        await using var command = WriteRead.Item(query, key.Column, key.Value).ToCommand(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Item(reader.GetFieldValue<byte[]>(0), ETag.Of(reader.GetString(1))) : null;
    }
}

/// <summary>One row.</summary>
/// <param name="Json">A JSON object, in UTF-8.</param>
/// <param name="ETag">Its entity tag, quoted.</param>
internal sealed record Item(ReadOnlyMemory<byte> Json, string ETag);
