using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Reads one row.</summary>
internal sealed class ReadItem(NpgsqlDataSource database)
{
    /// <summary>The row; null when there is none.</summary>
    public async Task<Item?> RunAsync(Resource resource, IReadOnlyList<Column> select, RowKey key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await RunAsync(connection, resource, select, key.Column, key.Value, cancellationToken);
    }

    /// <summary>The row as an open transaction sees it; null when there is none.</summary>
    public static async Task<Item?> RunAsync(
        NpgsqlConnection connection, Resource resource, IReadOnlyList<Column> select, Column key, object value, CancellationToken cancellationToken)
    {
        var sql = WriteSql.Item(resource, select, key, value);
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Item(reader.GetFieldValue<byte[]>(0), ETag.Of(reader.GetString(1))) : null;
    }
}

/// <summary>One row.</summary>
/// <param name="Json">A JSON object, in UTF-8.</param>
/// <param name="ETag">Its entity tag, quoted.</param>
internal sealed record Item(ReadOnlyMemory<byte> Json, string ETag);
