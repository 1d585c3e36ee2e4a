namespace Marketing.Resources.Querying;

/// <summary>Takes the text of query parameters apart.</summary>
internal static class QueryText
{
    /// <summary>Splits at commas that stand outside of brackets and double quotes.</summary>
    /// <returns>False when a bracket or a quote is not closed.</returns>
    public static bool TrySplit(string text, out List<string> items)
    {
        items = [];
        var (depth, start, quoted) = (0, 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted: i++; break;
                case '"': quoted = !quoted; break;
                case '(' or '{' or '[' when !quoted: depth++; break;
                case ')' or '}' or ']' when !quoted: depth--; break;
                case ',' when !quoted && depth == 0:
                    items.Add(text[start..i]);
                    start = i + 1;
                    break;
            }
            if (depth < 0) return false;
        }
        items.Add(text[start..]);
        return depth == 0 && !quoted;
    }

    /// <summary>The text of a query, without its question mark, less the parameters of some names.</summary>
    public static string Without(string? query, params ReadOnlySpan<string> names)
    {
        if (string.IsNullOrEmpty(query)) return "";
        var text = query[0] == '?' ? query[1..] : query;
        foreach (var name in names)
        {
            if (!text.Contains(name, StringComparison.Ordinal)) continue;
            text = string.Join('&', text.Split('&').Where(pair => !(pair.StartsWith(name, StringComparison.Ordinal) && (pair.Length == name.Length || pair[name.Length] == '='))));
        }
        return text;
    }

    /// <summary>The text of a query as it may stand in a header within angle brackets: what a caller should have escaped is escaped.</summary>
    public static string ForHeader(string query)
    {
        if (query.AsSpan().IndexOfAnyExcept(AddressCharacters) < 0) return query;
        var safe = new System.Text.StringBuilder(query.Length + 16);
        foreach (var rune in query.EnumerateRunes())
        {
            if (rune.IsAscii && AddressCharacters.Contains((char)rune.Value)) safe.Append((char)rune.Value);
            else safe.Append(Uri.EscapeDataString(rune.ToString()));
        }
        return safe.ToString();
    }

    /// <summary>The text without the double quotes round it, if it has them; a backslash keeps the next character.</summary>
    public static string Unquote(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"') return text;
        return ListText.TrySplit(text, out var items) && items is [var single] ? single : text;
    }

    /// <summary>Position of a bracket that follows a name at the beginning of the text; -1 when the name is followed by something else.</summary>
    public static int Bracket(string text)
    {
        var end = text.AsSpan().IndexOfAnyExcept(NameCharacters);
        return end > 0 && text[end] == '(' && text[^1] == ')' ? end : -1;
    }

    /// <summary>At most 80 characters of a caller's text, for messages.</summary>
    public static string Shorten(string text) => text.Length > 80 ? $"{text[..80]}…" : text;

    // RFC 3986 §3.4, and the percent sign of what is escaped already.
    private static System.Buffers.SearchValues<char> AddressCharacters { get; } = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%");

    /// <summary>Letters of names, and the mark before a hint.</summary>
    public static System.Buffers.SearchValues<char> NameCharacters { get; } = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_!");
}
