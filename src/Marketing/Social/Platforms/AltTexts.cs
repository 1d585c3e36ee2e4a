namespace Marketing.Social.Platforms;

/// <summary>Alternative texts of a post's media.</summary>
internal static class AltTexts
{
    /// <summary>
    /// The text of one medium, cut to the platform's length: the entry of option <c>alt_texts</c> at its place, for the first medium else the
    /// one of the library; null when there is none.
    /// </summary>
    public static string? Of(PublishTarget target, int index, int maxLength)
    {
        var listed = target.Options.Texts("alt_texts");
        var text = index < listed.Count && listed[index].Length > 0 ? listed[index] : index == 0 ? target.AltText : null;
        if (text is not { Length: > 0 }) return null;
        if (text.Length <= maxLength) return text;
        return text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }
}
