using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Marketing.Social.Preflight;

/// <summary>Counts captions as the platforms do.</summary>
internal static partial class CountCaption
{
    /// <summary>What any link counts on X, since it becomes a t.co address. Source: twitter-text, configuration 3.</summary>
    public const int WeightOfLink = 23;

    /// <summary>The length in a unit.</summary>
    public static int Run(string caption, CaptionUnit unit) => unit switch
    {
        CaptionUnit.Utf16 => caption.Length,
        CaptionUnit.Utf8Bytes => Encoding.UTF8.GetByteCount(caption),
        CaptionUnit.Weighted => Weigh(caption),
        _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };

    /// <summary>Name of a unit.</summary>
    public static string Name(CaptionUnit unit) => unit switch
    {
        CaptionUnit.Utf16 => "UTF-16 units",
        CaptionUnit.Utf8Bytes => "bytes of UTF-8",
        CaptionUnit.Weighted => "weighted characters (emoji and most scripts outside Latin 2, a link 23)",
        _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };

    // Source: twitter-text, configuration 3: weight 1 in four ranges, else 2; an emoji sequence 2 as a whole; NFC first.
    private static int Weigh(string text)
    {
        var weight = 0;
        var from = 0;
        foreach (Match link in Links().Matches(text))
        {
            weight += WeighText(text.AsSpan(from, link.Index - from)) + WeightOfLink;
            from = link.Index + link.Length;
        }
        return weight + WeighText(text.AsSpan(from));
    }

    private static int WeighText(ReadOnlySpan<char> text)
    {
        var weight = 0;
        while (!text.IsEmpty)
        {
            var length = StringInfo.GetNextTextElementLength(text);
            var element = text[..length];
            weight += IsEmoji(element) ? 2 : WeighRunes(element);
            text = text[length..];
        }
        return weight;
    }

    // The product runs without culture data, and so without normalisation: the accents that NFC joins with a Latin letter are passed over.
    private static int WeighRunes(ReadOnlySpan<char> element)
    {
        var weight = 0;
        var isLatin = char.IsAsciiLetter(element[0]);
        foreach (var rune in element.EnumerateRunes())
            weight += isLatin && rune.Value is (>= 0x300 and <= 0x30C) or 0x323 or 0x327 or 0x328 ? 0 : rune.Value is <= 0x10FF or (>= 0x2000 and <= 0x200D) or (>= 0x2010 and <= 0x201F) or (>= 0x2032 and <= 0x2037) ? 1 : 2;
        return weight;
    }

    // Pictographs beyond the basic plane, and what a variation selector or a keycap turns into one.
    private static bool IsEmoji(ReadOnlySpan<char> element)
    {
        foreach (var rune in element.EnumerateRunes())
            if (rune.Value is 0xFE0F or 0x20E3 or (>= 0x1F000 and <= 0x1FAFF)) return true;
        return false;
    }

    // With a scheme, or a bare name with a well-known ending, which X links too; rather one too many than a post that is refused.
    [GeneratedRegex(@"https?://[^\s]+|(?<![\w@.#/-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|info|io|co|eu|app|dev|pt|es|fr|de|uk|it|nl)(?![\w.-]*\w)(?:/[^\s]*)?", RegexOptions.IgnoreCase)]
    private static partial Regex Links();
}
