namespace Marketing.Segments.Members;

/// <summary>
/// Reads comma-separated values (RFC 4180) of any length in bounded memory, and finds its feet again behind a broken line: a record that
/// cannot be read costs its first line only.
/// </summary>
/// <param name="reader">The text.</param>
internal sealed class ReadCsv(TextReader reader)
{
    /// <summary>Longest record, in characters.</summary>
    public const int MaxRecord = 32 * 1024;

    private readonly char[] buffer = new char[4 * MaxRecord];
    private readonly List<string> fields = [];
    private int start;
    private int end;
    private bool isEnd;
    private int line = 1;

    /// <summary>What stands between fields.</summary>
    public char Separator { get; set; } = ',';

    /// <summary>Line on which the next record begins, from 1.</summary>
    public int Line => line;

    /// <summary>The line that is read next, as far as a record may be long.</summary>
    public async Task<string> PeekLineAsync(CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken);
        var text = buffer.AsSpan(start, Math.Min(MaxRecord, end - start));
        return (text.IndexOfAny('\r', '\n') is >= 0 and var stop ? text[..stop] : text).ToString();
    }

    /// <summary>The next record; null at the end. Its fields are valid until the next is read.</summary>
    public async Task<CsvRecord?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (end - start < MaxRecord + 2 && !isEnd) await FillAsync(cancellationToken);
            if (start == end) return null;
            var first = line;
            var (length, problem) = Parse(buffer.AsSpan(start, end - start));
            if (problem is not null) length = SkipLine();
            var lines = CountLines(buffer.AsSpan(start, length));
            var isBlank = problem is null && fields is [""];
            start += length;
            line += lines;
            if (problem is not null && length == 0) await SkipLongLineAsync(cancellationToken);
            if (!isBlank) return new CsvRecord(first, lines > 1, problem is null ? fields : [], problem);
        }
    }

    // Its length with the line's end, or what is wrong with it.
    private (int Length, string? Problem) Parse(ReadOnlySpan<char> text)
    {
        fields.Clear();
        var position = 0;
        while (true)
        {
            if (position < text.Length && text[position] == '"')
            {
                var (closing, isDoubled) = Closing(text, position + 1);
                if (closing < 0) return (0, text.Length > MaxRecord ? "A quoted field does not end within 32,768 characters." : "A quoted field does not end.");
                var field = text[(position + 1)..closing].ToString();
                fields.Add(isDoubled ? field.Replace("\"\"", "\"", StringComparison.Ordinal) : field);
                position = closing + 1;
                if (position < text.Length && text[position] != Separator && text[position] is not ('\r' or '\n')) return (0, "Something follows a closing quote.");
            }
            else
            {
                var rest = text[position..];
                var stop = rest.IndexOfAny(Separator, '\r', '\n');
                if (stop < 0) stop = rest.Length;
                fields.Add(rest[..stop].ToString());
                position += stop;
            }
            if (position > MaxRecord) return (0, "The line is longer than 32,768 characters.");
            if (position == text.Length) return (position, null);
            if (text[position] == Separator) position++;
            else return (position + (text[position] == '\r' && position + 1 < text.Length && text[position + 1] == '\n' ? 2 : 1), null);
        }
    }

    private static (int Position, bool IsDoubled) Closing(ReadOnlySpan<char> text, int from)
    {
        var isDoubled = false;
        while (from < text.Length && text[from..].IndexOf('"') is >= 0 and var found)
        {
            var position = from + found;
            if (position + 1 >= text.Length || text[position + 1] != '"') return (position, isDoubled);
            isDoubled = true;
            from = position + 2;
        }
        return (-1, isDoubled);
    }

    // Length of the first line with its end; 0 when it has none in the buffer.
    private int SkipLine()
    {
        var text = buffer.AsSpan(start, end - start);
        var stop = text.IndexOfAny('\r', '\n');
        if (stop < 0) return isEnd ? text.Length : 0;
        // The other half of the line's end may be still to come.
        if (stop == text.Length - 1 && text[stop] == '\r' && !isEnd) return 0;
        return stop + (text[stop] == '\r' && stop + 1 < text.Length && text[stop + 1] == '\n' ? 2 : 1);
    }

    private async Task SkipLongLineAsync(CancellationToken cancellationToken)
    {
        int length;
        do
        {
            start = end > 0 && buffer[end - 1] == '\r' ? end - 1 : end;
            await FillAsync(cancellationToken);
            length = SkipLine();
        }
        while (length == 0 && !isEnd);
        start += length;
        line++;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        while (end < buffer.Length)
        {
            var read = await reader.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
            {
                isEnd = true;
                return;
            }
            end += read;
        }
    }

    private static int CountLines(ReadOnlySpan<char> text)
    {
        var count = text.Count('\n');
        for (var at = text.IndexOf('\r'); at >= 0;)
        {
            if (at + 1 >= text.Length || text[at + 1] != '\n') count++;
            var next = text[(at + 1)..].IndexOf('\r');
            at = next < 0 ? -1 : at + 1 + next;
        }
        return count;
    }
}

/// <summary>One record.</summary>
/// <param name="Line">Line on which it begins, from 1.</param>
/// <param name="SpansLines">It goes over several lines.</param>
/// <param name="Fields">Its fields; none when it is broken.</param>
/// <param name="Problem">Why it cannot be read; null when it can.</param>
internal sealed record CsvRecord(int Line, bool SpansLines, IReadOnlyList<string> Fields, string? Problem);
