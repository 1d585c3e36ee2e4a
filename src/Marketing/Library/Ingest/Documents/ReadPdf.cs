using System.Text;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;

namespace Marketing.Library.Ingest.Documents;

/// <summary>What a PDF holds.</summary>
/// <param name="IsReadable">False when it is encrypted, too large, or could not be read.</param>
/// <param name="Note">Its pages, or why they are unknown, as a sentence.</param>
/// <param name="Text">Its text, for search; null when there is none.</param>
internal sealed record FoundPdf(bool IsReadable, string Note, string? Text = null);

/// <summary>Reads pages and text of a PDF.</summary>
internal static class ReadPdf
{
    private const int TrailerBytes = 64 << 10;
    private const string Encrypted = "The PDF is encrypted, so it has no preview and cannot be searched.";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Reads it. A PDF that cannot be read stays a usable asset.</summary>
    public static async Task<FoundPdf> RunAsync(string path, LibraryOptions limits, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > limits.MaxPdfBytes) return new FoundPdf(false, $"The PDF is larger than the {limits.MaxPdfBytes} bytes that are read for text, so it cannot be searched.");
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(Limit);
        try
        {
            return await Task.Run(() => Read(path, limits.MaxTextPages, time.Token), CancellationToken.None).WaitAsync(Limit * 2, cancellationToken);
        }
        catch (PdfDocumentEncryptedException)
        {
            return new FoundPdf(false, Encrypted);
        }
        catch (TimeoutException)
        {
            return new FoundPdf(false, "Reading the PDF took too long, so it has no preview and cannot be searched.");
        }
        // The reader throws whatever the damage led to, so no narrower set of exceptions is complete.
        catch (Exception damaged) when (damaged is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            return new FoundPdf(false, NamesEncryption(path) ? Encrypted : "The PDF could not be read; it may be damaged. It has no preview and cannot be searched.");
        }
    }

    // The reader takes some forms of encryption for damage. The trailer, which is never encrypted itself, names it near the end.
    private static bool NamesEncryption(string path)
    {
        using var file = File.OpenRead(path);
        file.Seek(-Math.Min(file.Length, TrailerBytes), SeekOrigin.End);
        var end = new byte[TrailerBytes];
        return end.AsSpan(0, file.ReadAtLeast(end, end.Length, throwOnEndOfStream: false)).IndexOf("/Encrypt"u8) >= 0;
    }

    private static FoundPdf Read(string path, int maxPages, CancellationToken time)
    {
        using var pdf = PdfDocument.Open(path, new ParsingOptions { UseLenientParsing = true });
        var text = new StringBuilder();
        var read = 0;
        for (; read < Math.Min(pdf.NumberOfPages, maxPages) && text.Length < ReadDocument.MaxText && !time.IsCancellationRequested; read++) text.Append(pdf.GetPage(read + 1).Text).Append('\n');
        var words = text.ToString(0, Math.Min(text.Length, ReadDocument.MaxText)).Replace("\0", "", StringComparison.Ordinal).Trim();
        var note = read < pdf.NumberOfPages ? $"{pdf.NumberOfPages} pages, of which {read} can be searched." : pdf.NumberOfPages == 1 ? "1 page." : $"{pdf.NumberOfPages} pages.";
        return new FoundPdf(true, note, words.Length == 0 ? null : words);
    }
}
