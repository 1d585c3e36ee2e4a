using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Marketing.Identity;
using Marketing.Problems;

namespace Marketing.Resources.Querying;

/// <summary>Where a page begins or ends: the order values of one row, as PostgreSQL prints them.</summary>
/// <param name="Row">The values.</param>
/// <param name="IsBackwards">True when the page ends before the row; false when it begins after it.</param>
internal sealed record PageCursor(IReadOnlyList<string?> Row, bool IsBackwards);

/// <summary>
/// Writes cursors as opaque signed text and reads them back. The signature covers table and order, so that a cut, altered or misplaced
/// cursor is refused instead of giving odd pages.
/// </summary>
internal sealed class PageCursors(Signer signer)
{
    private const string Purpose = "page cursor";

    /// <summary>The text of a cursor.</summary>
    public string Write(ReadQuery query, PageCursor cursor)
    {
        var values = JsonSerializer.SerializeToUtf8Bytes([cursor.IsBackwards ? "b" : "f", .. cursor.Row], CursorJson.Default.StringArray);
        return Base64Url.EncodeToString([.. signer.Sign(Purpose, Signed(query, values)), .. values]);
    }

    /// <summary>Reads a cursor.</summary>
    /// <exception cref="ProblemException">Not a cursor of this list in this order.</exception>
    public PageCursor Read(ReadQuery query, string text)
    {
        if (!Base64Url.IsValid(text)) throw Refused();
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= Signer.SignatureBytes) throw Refused();
        var values = bytes.AsSpan(Signer.SignatureBytes).ToArray();
        if (!signer.IsGenuine(Purpose, Signed(query, values), bytes.AsSpan(0, Signer.SignatureBytes))) throw Refused();
        var row = JsonSerializer.Deserialize(values, CursorJson.Default.StringArray)!;
        return new PageCursor(row[1..], row[0] == "b");
    }

    private static byte[] Signed(ReadQuery query, byte[] values) => [.. Encoding.UTF8.GetBytes($"{query.Access.Resource.Table}?{string.Join(',', query.Order)}#"), .. values];

    private static ProblemException Refused() =>
        QueryProblems.Refuse("cursor", "invalid_cursor", "The cursor is not one of this list in this order. Take it from the Link header of the page before, together with the same order.", "invalid_cursor");
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string?[]))]
internal sealed partial class CursorJson : System.Text.Json.Serialization.JsonSerializerContext;
