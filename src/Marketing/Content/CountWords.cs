using Markdig;

namespace Marketing.Content;

/// <summary>Words of a text in Markdown, and the time it takes to read them.</summary>
public static class CountWords
{
    /// <summary>Silent reading of English non-fiction, words a minute. Source: M. Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109 (2019).</summary>
    public const int WordsPerMinute = 238;

    /// <summary>Words that a reader sees: markup does not count.</summary>
    public static int Run(string markdown) =>
        Markdown.ToPlainText(markdown).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetterOrDigit));

    /// <summary>Minutes of reading, rounded up; 0 for an empty text.</summary>
    public static int ReadingMinutes(int words) => (words + WordsPerMinute - 1) / WordsPerMinute;
}
