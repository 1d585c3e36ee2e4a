using System.IO.Pipelines;
using System.Text;
using Marketing.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Marketing.Segments.Members;

/// <summary>
/// Finds the encoding of a body of text: its byte order mark, else the charset that the caller states, else UTF-16 where every other byte is
/// zero, else UTF-8. Bytes that are none of it end the reading, since guessing would store other letters than were sent.
/// </summary>
internal static class DecodeText
{
    private const int LookedAt = 64;

    /// <summary>A reader that throws <see cref="DecoderFallbackException"/> at bytes that are no text.</summary>
    /// <exception cref="ProblemException">415: no CSV, an unknown charset; 422: a workbook or archive.</exception>
    public static async Task<TextReader> OpenAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase)) throw new ProblemException(Problem.UnsupportedMediaType("text/csv"));
        var (encoding, mark) = await PeekAsync(request.BodyReader, Stated(type.Charset.Value), cancellationToken);
        if (mark > 0)
        {
            var read = await request.BodyReader.ReadAtLeastAsync(mark, cancellationToken);
            request.BodyReader.AdvanceTo(read.Buffer.GetPosition(mark));
        }
        return new StreamReader(request.BodyReader.AsStream(leaveOpen: true), encoding, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024);
    }

    private static async Task<(Encoding Encoding, int Mark)> PeekAsync(PipeReader body, Encoding? stated, CancellationToken cancellationToken)
    {
        var read = await body.ReadAtLeastAsync(LookedAt, cancellationToken);
        var length = (int)Math.Min(LookedAt, read.Buffer.Length);
        var bytes = new byte[length];
        System.Buffers.BuffersExtensions.CopyTo(read.Buffer.Slice(0, length), bytes);
        body.AdvanceTo(read.Buffer.Start);
        switch (bytes)
        {
            case [0xEF, 0xBB, 0xBF, ..]: return (Utf8, 3);
            case [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..]: throw Refused("The file is in UTF-32.");
            case [0xFF, 0xFE, ..]: return (Utf16(isBigEndian: false), 2);
            case [0xFE, 0xFF, ..]: return (Utf16(isBigEndian: true), 2);
            case [(byte)'P', (byte)'K', 3, 4, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..]: throw Refused("This is a workbook or an archive, not text.");
        }
        if (stated is not null) return (stated, 0);
        var (even, odd) = (Enumerable.Range(0, length).Count(i => i % 2 == 0 && bytes[i] == 0), Enumerable.Range(0, length).Count(i => i % 2 == 1 && bytes[i] == 0));
        if (length >= 4 && odd > length / 3 && even == 0) return (Utf16(isBigEndian: false), 0);
        return length >= 4 && even > length / 3 && odd == 0 ? (Utf16(isBigEndian: true), 0) : (Utf8, 0);
    }

    private static Encoding? Stated(string? charset) => charset?.Trim('"').ToLowerInvariant() switch
    {
        null or "" => null,
        "utf-8" or "utf8" or "us-ascii" => Utf8,
        "utf-16" or "utf-16le" => Utf16(isBigEndian: false),
        "utf-16be" => Utf16(isBigEndian: true),
        // Browsers read Latin 1 as Windows-1252 too (WHATWG Encoding Standard).
        "windows-1252" or "cp1252" or "iso-8859-1" or "latin1" => CodePagesEncodingProvider.Instance.GetEncoding(1252),
        _ => throw new ProblemException(Problem.UnsupportedMediaType("text/csv with charset utf-8, utf-16 or windows-1252")),
    };

    private static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static UnicodeEncoding Utf16(bool isBigEndian) => new(isBigEndian, byteOrderMark: false, throwOnInvalidBytes: true);

    private static ProblemException Refused(string what) => new(Problem.Unprocessable("not_csv", $"{what} Save it as CSV (UTF-8) and send that."));
}
