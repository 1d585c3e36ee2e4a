using System.Buffers.Binary;
using System.Text;

namespace Marketing.DevHost.Models;

/// <summary>
/// One table of a FlatBuffers file: a signed offset leads back to its vtable, which holds one 16-bit offset per field, 0 for absent.
/// Source: flatbuffers.dev, "FlatBuffers internals". Every read is checked against the buffer's bounds by the span it slices.
/// </summary>
internal readonly struct FlatBufferTable(byte[] buffer, int position)
{
    public static FlatBufferTable Root(byte[] buffer) => new(buffer, Int32(buffer, 0));

    public int Int(int field, int absent = 0) => Find(field) is var at and > 0 ? Int32(buffer, at) : absent;

    public byte Byte(int field) => Find(field) is var at and > 0 ? buffer[at] : (byte)0;

    public FlatBufferTable? Table(int field) => Find(field) is var at and > 0 ? new FlatBufferTable(buffer, at + Int32(buffer, at)) : null;

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public ReadOnlySpan<byte> Bytes(int field)
    {
        var (start, length) = Vector(field);
        return buffer.AsSpan(start, length);
    }

    public int[] Ints(int field) => Each(field, Int32);

    public float[] Floats(int field) => Each(field, (bytes, at) => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at)));

    public long FirstLong(int field)
    {
        var (start, length) = Vector(field);
        return length == 0 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(start));
    }

    public FlatBufferTable[] Tables(int field) => Each(field, (bytes, at) => new FlatBufferTable(bytes, at + Int32(bytes, at)));

    // Elements of four bytes: numbers, or offsets to tables.
    private T[] Each<T>(int field, Func<byte[], int, T> read)
    {
        var (start, length) = Vector(field);
        var values = new T[length];
        for (var i = 0; i < length; i++) values[i] = read(buffer, start + 4 * i);
        return values;
    }

    private (int Start, int Length) Vector(int field)
    {
        var at = Find(field);
        if (at == 0) return (0, 0);
        var vector = at + Int32(buffer, at);
        return (vector + 4, Int32(buffer, vector));
    }

    private int Find(int field)
    {
        var vtable = position - Int32(buffer, position);
        var entry = 4 + 2 * field;
        if (entry >= UInt16(vtable)) return 0;
        var offset = UInt16(vtable + entry);
        return offset == 0 ? 0 : position + offset;
    }

    private int UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at));

    private static int Int32(byte[] bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
}
