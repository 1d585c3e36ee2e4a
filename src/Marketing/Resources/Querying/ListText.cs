using System.Text;

namespace Marketing.Resources.Querying;

/// <summary>Comma-separated values as they stand in <c>in.(…)</c> and <c>{…}</c>: an item in double quotes may hold commas; a backslash escapes.</summary>
internal static class ListText
{
    /// <summary>Splits the text between the brackets. An empty text is an empty list.</summary>
    /// <returns>False when a quote is not closed or text follows it.</returns>
    public static bool TrySplit(string text, out List<string> items)
    {
        items = [];
        if (text.Length == 0) return true;
        var position = 0;
        while (true)
        {
            if (!TryItem(text, ref position, out var item)) return false;
            items.Add(item);
            if (position == text.Length) return true;
            if (text[position++] != ',') return false;
        }
    }

    private static bool TryItem(string text, ref int position, out string item)
    {
        var quoted = position < text.Length && text[position] == '"';
        if (!quoted)
        {
            var end = text.IndexOf(',', position);
            if (end < 0) end = text.Length;
            item = text[position..end];
            position = end;
            return true;
        }

        var content = new StringBuilder();
        item = "";
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '"')
            {
                position++;
                item = content.ToString();
                return true;
            }
            if (text[position] == '\\' && position + 1 < text.Length) position++;
            content.Append(text[position]);
        }
        return false;
    }
}
