using System.Buffers.Binary;
using System.Buffers.Text;

namespace Marketing.Library.Search;

/// <summary>Where in the order of a search an asset stands: the best first, of equals the newest.</summary>
/// <param name="Rank">How well it matches; 0 without words.</param>
/// <param name="Id">The asset.</param>
internal readonly record struct SearchPlace(float Rank, Guid Id)
{
    private const int Length = 4 + 16;

    /// <summary>As a cursor.</summary>
    public string Write()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteSingleBigEndian(bytes, Rank);
        Id.TryWriteBytes(bytes[4..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; null when it is none.</summary>
    public static SearchPlace? Read(string cursor)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var read) && read == Length && BinaryPrimitives.ReadSingleBigEndian(bytes) is var rank && float.IsFinite(rank)
            ? new SearchPlace(rank, new Guid(bytes[4..]))
            : null;
    }
}
