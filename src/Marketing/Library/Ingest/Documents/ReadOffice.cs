using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Marketing.Library.Ingest.Documents;

/// <summary>
/// Reads the text of Office files, which are archives of XML: Word, Excel (its shared texts), PowerPoint and OpenDocument text. Sources: ECMA-376
/// part 1, sections 17 to 19 and 21; OpenDocument 1.3 part 3, section 6.
/// </summary>
internal static class ReadOffice
{
    // However large a part claims or turns out to be, this much of it is unfolded.
    private const long MaxPartCharacters = 20_000_000;
    private const int MaxParts = 500;

    private static readonly string[] Single = ["word/document.xml", "xl/sharedStrings.xml", "content.xml"];

    /// <summary>The text; null when the archive is no Office file or holds none. What is damaged within ends the text there.</summary>
    public static string? Run(string path)
    {
        var text = new StringBuilder();
        try
        {
            using var file = File.OpenRead(path);
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            foreach (var part in Parts(archive)) Append(part, text);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or XmlException or IOException)
        {
            // The text serves search alone: the file stays an asset, found by what was read.
        }
        var words = text.ToString().Trim();
        return words.Length == 0 ? null : words;
    }

    private static IEnumerable<ZipArchiveEntry> Parts(ZipArchive archive) =>
        archive.Entries.Where(entry => Single.Contains(entry.FullName) || (entry.FullName.StartsWith("ppt/slides/slide", StringComparison.Ordinal) && entry.FullName.EndsWith(".xml", StringComparison.Ordinal)))
            .OrderBy(entry => entry.FullName.Length).ThenBy(entry => entry.FullName, StringComparer.Ordinal).Take(MaxParts);

    private static void Append(ZipArchiveEntry part, StringBuilder text)
    {
        using var stream = part.Open();
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxPartCharacters });
        while (text.Length < ReadDocument.MaxText && reader.Read())
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) text.Append(reader.Value.AsSpan(0, Math.Min(reader.Value.Length, ReadDocument.MaxText - text.Length)));
            // A paragraph, a cell's text, a heading: words on both sides of it are two.
            else if ((reader.NodeType == XmlNodeType.EndElement && reader.LocalName is "p" or "si" or "h") || (reader.NodeType == XmlNodeType.Element && reader.LocalName is "br" or "tab")) text.Append(' ');
        }
    }
}
