using System.Text;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest.Documents;

/// <summary>Reads documents: their text, for search, and the first page of a PDF.</summary>
internal sealed class ReadDocument(MediaTools tools, IOptions<LibraryOptions> options)
{
    /// <summary>Longest text that is kept of a document, in characters.</summary>
    public const int MaxText = 500_000;

    /// <summary>Pages and text of a PDF. One that cannot be read stays a usable asset.</summary>
    public Task<FoundPdf> PdfAsync(string path, CancellationToken cancellationToken) => ReadPdf.RunAsync(path, options.Value, cancellationToken);

    /// <summary>Its first page as JPEG, or why there is none.</summary>
    public Task<TemporaryPicture> FirstPageAsync(string path, CancellationToken cancellationToken) => DrawPdfPage.RunAsync(tools.Pdftoppm, path, cancellationToken);

    /// <summary>The text of another document; null when it has none that is read.</summary>
    /// <exception cref="MediaException">It is a damaged or dangerous archive.</exception>
    public string? Text(string path, FileType type)
    {
        if (type.Signature == FileSignature.Zip)
        {
            CheckZip.Run(path, options.Value.MaxZipRatio);
            return ReadOffice.Run(path);
        }
        return type.Signature == FileSignature.Text ? Plain(path) : null;
    }

    private static string? Plain(string path)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        var buffer = new char[MaxText];
        var text = new string(buffer, 0, reader.ReadBlock(buffer, 0, buffer.Length)).Replace("\0", "", StringComparison.Ordinal).Trim();
        return text.Length == 0 ? null : text;
    }
}
