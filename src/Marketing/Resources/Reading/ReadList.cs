using System.Buffers;
using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Runs a list query: one statement, whose JSON goes to the response as it comes.</summary>
internal sealed class ReadList(NpgsqlDataSource database)
{
    /// <summary>Reads one page.</summary>
    public async Task<Page> RunAsync(ListQuery query, CancellationToken cancellationToken)
    {
        var sql = WriteSql.List(query);
        await using var command = database.CreateCommand(sql.ToString());
        foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        var json = new ArrayBufferWriter<byte>(16 * 1024);
        json.Write("["u8);
        string?[]? last = null;
        for (var rows = 0; await reader.ReadAsync(cancellationToken); rows++)
        {
            if (rows == query.Limit)
            {
                json.Write("]"u8);
                return new Page(json.WrittenMemory, PageCursor.Write(query, last!));
            }
            if (rows > 0) json.Write(","u8);
            json.Write(reader.GetFieldValue<byte[]>(0));
            if (rows == query.Limit - 1) last = reader.GetFieldValue<string?[]>(1);
        }
        json.Write("]"u8);
        return new Page(json.WrittenMemory, NextCursor: null);
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Json">A JSON array, in UTF-8.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
internal sealed record Page(ReadOnlyMemory<byte> Json, string? NextCursor);
