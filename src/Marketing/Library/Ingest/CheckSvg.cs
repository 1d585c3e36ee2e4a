using System.Xml;

namespace Marketing.Library.Ingest;

/// <summary>
/// Lets drawings through that only draw. An SVG file is a program to a browser: scripts, handlers, foreign markup, entities and addresses
/// of other files are refused, since the original is served as it is.
/// </summary>
internal static class CheckSvg
{
    private const int MaxDepth = 256;
    private static readonly string[] Forbidden = ["script", "foreignObject", "iframe", "object", "embed", "handler", "listener"];

    /// <summary>The drawing.</summary>
    /// <exception cref="MediaException">It is too large, damaged, or does more than draw.</exception>
    public static byte[] Run(string path, long maxBytes)
    {
        if (new FileInfo(path).Length > maxBytes) throw new MediaException($"The drawing has more than {maxBytes} bytes. Upload it as PNG.");
        var content = File.ReadAllBytes(path);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(content), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = maxBytes });
            while (reader.Read())
            {
                if (reader.Depth > MaxDepth) throw new MediaException($"The drawing nests more than {MaxDepth} elements. Upload it as PNG.");
                if (reader.NodeType == XmlNodeType.ProcessingInstruction) throw Refused($"the instruction {reader.Name}");
                if (reader.NodeType == XmlNodeType.Element) CheckElement(reader);
                if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && NamesOtherFile(reader.Value)) throw Refused("a style that loads another file");
            }
            return content;
        }
        catch (XmlException damaged)
        {
            throw new MediaException(damaged.Message.Contains("DTD", StringComparison.Ordinal)
                ? "The drawing declares entities or a document type, which may load other files. Export it as plain SVG or upload it as PNG."
                : $"The drawing is damaged at line {damaged.LineNumber}. Upload it again.", damaged);
        }
    }

    private static void CheckElement(XmlReader reader)
    {
        if (Forbidden.Contains(reader.LocalName, StringComparer.OrdinalIgnoreCase)) throw Refused($"the element {reader.LocalName}");
        if (!reader.MoveToFirstAttribute()) return;
        do
        {
            if (reader.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase)) throw Refused($"the handler {reader.LocalName}");
            var value = reader.Value.Trim();
            var isAddress = reader.LocalName.Equals("href", StringComparison.OrdinalIgnoreCase) || reader.LocalName.Equals("src", StringComparison.OrdinalIgnoreCase);
            if (isAddress && value.Length > 0 && value[0] != '#' && !value.StartsWith("data:image/png", StringComparison.OrdinalIgnoreCase) && !value.StartsWith("data:image/jpeg", StringComparison.OrdinalIgnoreCase))
                throw Refused("the address of another file");
            if (NamesOtherFile(value) || value.Contains("javascript:", StringComparison.OrdinalIgnoreCase)) throw Refused($"another file or a program in {reader.LocalName}");
        }
        while (reader.MoveToNextAttribute());
        reader.MoveToElement();
    }

    private static bool NamesOtherFile(string css)
    {
        if (css.Contains("@import", StringComparison.OrdinalIgnoreCase)) return true;
        for (var at = css.IndexOf("url(", StringComparison.OrdinalIgnoreCase); at >= 0; at = css.IndexOf("url(", at + 4, StringComparison.OrdinalIgnoreCase))
            if (!css[(at + 4)..].TrimStart(' ', '"', '\'').StartsWith('#')) return true;
        return false;
    }

    private static MediaException Refused(string what) => new($"The drawing holds {what}, which a drawing does not need and a browser would run or load. Export it as plain SVG or upload it as PNG.");
}
