using System.Globalization;
using System.IO.Hashing;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Reads one page of JSON rows.</summary>
internal sealed class ReadPage(NpgsqlDataSource database, PageCursors cursors)
{
    /// <summary>Reads the page. The caller disposes it.</summary>
    public async Task<Page> RunAsync(ReadPlan plan, CountMode? count, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        long? total = count is { } mode ? await CountRows.RunAsync(connection, plan.Query, mode, cancellationToken) : null;
        var buffer = new PooledBuffer();
        try
        {
            return await ReadAsync(connection, plan, total, buffer, cancellationToken);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private async Task<Page> ReadAsync(NpgsqlConnection connection, ReadPlan plan, long? total, PooledBuffer buffer, CancellationToken cancellationToken)
    {
        var (query, limit) = (plan.Query, plan.Limit);
        await using var command = plan.Page(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (shape, hasCursor) = (plan.PageShape, plan.PageShape.Order.Count > 0);
        var (rows, hasMore) = (0, false);
        string?[]? first = null, last = null;
        var starts = query.Cursor is { IsBackwards: true } ? new List<int>() : null;
        buffer.Append('[');
        while (await reader.ReadAsync(cancellationToken))
        {
            if (rows == limit)
            {
                hasMore = true;
                break;
            }
            if (rows > 0) buffer.Append(',');
            starts?.Add(buffer.Length);
            WriteRow.Run(reader, shape, buffer);
            if (hasCursor && rows == 0 && query.Cursor is not null) first = WriteRow.OrderValues(reader, shape);
            if (hasCursor && rows == limit - 1) last = rows == 0 ? first ??= WriteRow.OrderValues(reader, shape) : WriteRow.OrderValues(reader, shape);
            rows++;
        }
        if (starts is not null && rows > 1) buffer = TurnRound(buffer, starts);
        buffer.Append(']');

        var isBackwards = query.Cursor is { IsBackwards: true };
        var (hasNext, hasPrevious) = isBackwards ? (rows > 0, hasMore) : (hasMore, query.Cursor is not null && rows > 0);
        if (isBackwards) (first, last) = (last ?? first, first);
        return new Page(buffer, rows, query.Offset, total)
        {
            NextCursor = hasCursor && hasNext && last is not null ? cursors.Write(query, new PageCursor(last, IsBackwards: false)) : null,
            PreviousCursor = hasCursor && hasPrevious && first is not null ? cursors.Write(query, new PageCursor(first, IsBackwards: true)) : null,
            NextOffset = !hasCursor && hasNext ? query.Offset + rows : null,
        };
    }

    // A page before a cursor is read from its end.
    private static PooledBuffer TurnRound(PooledBuffer buffer, List<int> starts)
    {
        var turned = new PooledBuffer(buffer.Length + 1);
        turned.Append('[');
        var end = buffer.Length;
        for (var i = starts.Count - 1; i >= 0; i--)
        {
            if (i < starts.Count - 1) turned.Append(',');
            var row = buffer.Written.Span[starts[i]..end];
            row.CopyTo(turned.GetSpan(row.Length));
            turned.Advance(row.Length);
            end = starts[i] - 1;
        }
        buffer.Dispose();
        return turned;
    }
}

/// <summary>One page of rows as a JSON array.</summary>
internal sealed class Page(PooledBuffer buffer, int rows, int offset, long? total) : IDisposable
{
    /// <summary>The array, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json => buffer.Written;

    /// <summary>Rows in it.</summary>
    public int Rows => rows;

    /// <summary>Rows in all; null when they were not counted.</summary>
    public long? Total => total;

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Where the page before ends; null on the first one.</summary>
    public string? PreviousCursor { get; init; }

    /// <summary>Offset of the next page where no cursor can name it.</summary>
    public int? NextOffset { get; init; }

    /// <summary>The only row; null when there is none or several.</summary>
    public ReadOnlyMemory<byte>? Single => rows == 1 ? Json[1..^1] : (ReadOnlyMemory<byte>?)null;

    /// <summary>Value of <c>Content-Range</c>, as PostgREST writes it.</summary>
    public string ContentRange => string.Create(CultureInfo.InvariantCulture, $"{(rows == 0 ? "*" : $"{offset}-{offset + rows - 1}")}/{(total is { } all ? all.ToString(CultureInfo.InvariantCulture) : "*")}");

    /// <summary>True when rows before or behind the page are known to exist.</summary>
    public bool IsPartial => total is { } all && rows < all;

    /// <summary>A tag of the bytes: weak, since the same rows may be written in other bytes.</summary>
    public string ETag => $"W/\"{Convert.ToHexStringLower(XxHash128.Hash(Json.Span))}\"";

    /// <inheritdoc />
    public void Dispose() => buffer.Dispose();
}
