using System.Buffers;
using System.Data;
using System.IO.Pipelines;
using System.Text;
using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Writes any number of rows as they come, in constant memory.</summary>
internal sealed class ExportRows(NpgsqlDataSource database)
{
    /// <summary>Longest wait for the database during an export, in seconds.</summary>
    private const int TimeoutSeconds = 300;

    private const int FlushBytes = 64 * 1024;
    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

    /// <summary>A JSON object a line.</summary>
    public async Task NdJsonAsync(ReadQuery query, PipeWriter output, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var shape = RowShape.Of(query);
        await using var command = At(query, WriteRead.Export(query, shape).ToStatement(), connection);
        command.CommandTimeout = TimeoutSeconds;
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        using var buffer = new PooledBuffer(2 * FlushBytes);
        while (await reader.ReadAsync(cancellationToken))
        {
            WriteRow.Run(reader, shape, buffer);
            buffer.Append('\n');
            if (buffer.Length >= FlushBytes) await FlushAsync(buffer, output, cancellationToken);
        }
        await FlushAsync(buffer, output, cancellationToken);
    }

    /// <summary>Comma-separated values, a line of names first. Null is empty; a text that is empty stands in quotes.</summary>
    public async Task CsvAsync(ReadQuery query, PipeWriter output, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = At(query, WriteRead.Table(query).ToStatement(), connection);
        command.CommandTimeout = TimeoutSeconds;
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        using PooledBuffer buffer = new(2 * FlushBytes), field = new();
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (i > 0) buffer.Append(',');
            Field(Encoding.UTF8.GetBytes(reader.GetName(i)), buffer);
        }
        buffer.Append('\n');
        while (await reader.ReadAsync(cancellationToken))
        {
            for (var i = 0; i < reader.FieldCount; i++)
            {
                if (i > 0) buffer.Append(',');
                if (await reader.IsDBNullAsync(i, cancellationToken)) continue;
                field.Clear();
                field.Append(reader, i);
                Field(field.Written.Span, buffer);
            }
            buffer.Append('\n');
            if (buffer.Length >= FlushBytes) await FlushAsync(buffer, output, cancellationToken);
        }
        await FlushAsync(buffer, output, cancellationToken);
    }

    private static NpgsqlCommand At(ReadQuery query, Statement statement, NpgsqlConnection connection) =>
        query.Cursor is { } cursor ? statement.ToCommand(connection, [.. WriteCursor.Values(cursor)]) : statement.ToCommand(connection);

    private static void Field(ReadOnlySpan<byte> text, PooledBuffer output)
    {
        if (text.Length > 0 && text.IndexOfAny(Special) < 0)
        {
            output.Write(text);
            return;
        }
        output.Append('"');
        for (var quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            output.Write(text[..(quote + 1)]);
            output.Append('"');
            text = text[(quote + 1)..];
        }
        output.Write(text);
        output.Append('"');
    }

    private static async Task FlushAsync(PooledBuffer buffer, PipeWriter output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(buffer.Written, cancellationToken);
        buffer.Clear();
    }
}
