using System.Buffers;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>A growing buffer of pooled memory, given back when disposed.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] bytes;

    public PooledBuffer(int capacity = 16 * 1024) => bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until more is written.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    /// <summary>Appends a column's bytes as the server sent them.</summary>
    /// <returns>How many.</returns>
    public int Append(NpgsqlDataReader reader, int ordinal)
    {
        var length = (int)reader.GetBytes(ordinal, 0, null, 0, 0);
        Reserve(length);
        reader.GetBytes(ordinal, 0, bytes, Length, length);
        Length += length;
        return length;
    }

    /// <summary>Appends one byte.</summary>
    public void Append(char ascii)
    {
        Reserve(1);
        bytes[Length++] = (byte)ascii;
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Cut(0);

    /// <summary>Forgets what was written behind a place.</summary>
    public void Cut(int length) => Length = length;

    /// <inheritdoc />
    public void Advance(int count) => Length += count;

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return bytes.AsMemory(Length);
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc />
    public void Dispose()
    {
        if (bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    private void Reserve(int count)
    {
        if (bytes.Length - Length >= count) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, Length + count));
        bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
