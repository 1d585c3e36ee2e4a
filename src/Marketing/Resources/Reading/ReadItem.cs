using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Reads one row.</summary>
internal sealed class ReadItem(NpgsqlDataSource database)
{
    /// <summary>The row; null when there is none that the caller may see.</summary>
    public async Task<Item?> RunAsync(ReadPlan plan, RowKey key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await RunAsync(connection, plan, key, cancellationToken);
    }

    /// <summary>The row as an open transaction sees it; null when there is none that the caller may see.</summary>
    public static async Task<Item?> RunAsync(NpgsqlConnection connection, ReadPlan plan, RowKey key, CancellationToken cancellationToken)
    {
        await using var command = plan.Item(connection, key.Column, key.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Row(reader, plan.PageShape) : null;
    }

    /// <summary>The reader's row, behind which the number stands that its tag is made of.</summary>
    public static Item Row(NpgsqlDataReader reader, RowShape shape)
    {
        using var json = new PooledBuffer();
        WriteRow.Run(reader, shape, json);
        return new Item(json.Written.ToArray(), ETag.Of(reader.GetString(shape.Fields.Count)));
    }
}

/// <summary>One row.</summary>
/// <param name="Json">A JSON object, in UTF-8.</param>
/// <param name="ETag">Its entity tag, quoted.</param>
internal sealed record Item(ReadOnlyMemory<byte> Json, string ETag);
