namespace Marketing.Social.Platforms;

/// <summary>Cuts texts to a platform's limits.</summary>
internal static class ShortenText
{
    /// <summary>The text, or as much of its begin as has the length in UTF-16 units; no character is cut in two.</summary>
    public static string Shortened(this string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
