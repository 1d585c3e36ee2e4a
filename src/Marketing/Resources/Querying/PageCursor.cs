using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketing.Problems;

namespace Marketing.Resources.Querying;

/// <summary>
/// Where the next page begins: the order values of the last row, as text. The cursor carries a checksum over itself, the table and the
/// order, so that a cut, altered or misplaced cursor is refused instead of giving odd pages. It is no secret: its values are those of a
/// row that the caller has seen, and they reach SQL as parameters.
/// </summary>
internal static class PageCursor
{
    private const int ChecksumBytes = 8;

    /// <summary>The cursor that follows a row.</summary>
    /// <param name="query">The page's query.</param>
    /// <param name="lastRow">Order values of the page's last row, as PostgreSQL prints them.</param>
    public static string Write(ListQuery query, string?[] lastRow)
    {
        var values = JsonSerializer.SerializeToUtf8Bytes(lastRow, CursorJson.Default.StringArray);
        return Base64Url.EncodeToString([.. Checksum(values, query.Resource, query.Order), .. values]);
    }

    /// <summary>Reads a cursor.</summary>
    /// <returns>Order values, or null for the first page.</returns>
    /// <exception cref="ProblemException">Not a cursor of this list in this order.</exception>
    public static IReadOnlyList<object?>? Read(string? text, Resource resource, IReadOnlyList<OrderTerm> order)
    {
        if (text is null) return null;
        if (!Base64Url.IsValid(text)) throw Refused();
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= ChecksumBytes) throw Refused();
        var values = bytes.AsSpan(ChecksumBytes).ToArray();
        if (!bytes.AsSpan(0, ChecksumBytes).SequenceEqual(Checksum(values, resource, order))) throw Refused();
        var lastRow = JsonSerializer.Deserialize(values, CursorJson.Default.StringArray)!;
        return lastRow;
    }

    private static byte[] Checksum(byte[] values, Resource resource, IReadOnlyList<OrderTerm> order) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes($"{resource.Table}?{string.Join(',', order)}#"), .. values])[..ChecksumBytes];

    private static ProblemException Refused()
    {
        const string message = "The cursor is not one of this list in this order. Take it from the Link header of the page before, together with the same order.";
        return new(Problem.BadRequest("invalid_cursor", message, new FieldError("cursor", "invalid_cursor", message)));
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string?[]))]
internal sealed partial class CursorJson : System.Text.Json.Serialization.JsonSerializerContext;
