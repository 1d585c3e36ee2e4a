using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Marketing.Campaigns.Sending.Providers.SendGrid;

/// <summary>
/// Lets messages that differ in places share one call. Each text is cut at its tags, quotes and line ends; pieces that are the same in all messages stay,
/// the others become marks whose values SendGrid puts in again (<c>substitutions</c>). Putting them in gives each message exactly as it was rendered:
/// the mark holds a random word that occurs in no message. Messages with another number of pieces go in a call of their own kind.
/// </summary>
internal static class ShareContent
{
    /// <summary>Most values of one recipient, in bytes. Source: SendGrid API reference, "substitutions": 10,000 bytes a personalization (unverified); some room is left.</summary>
    public const int MaxSubstitutionBytes = 9_000;

    private static readonly SearchValues<char> Cuts = SearchValues.Create("<>\"\n");

    /// <summary>Divides messages into calls of at most <paramref name="most"/> recipients. Two messages to one address never share a call.</summary>
    public static IReadOnlyList<SendRequest> Run(IReadOnlyList<OutgoingMessage> messages, int most)
    {
        var requests = new List<SendRequest>();
        var cut = messages.Select(message => new Pieces(message, Cut(message.Content.Html), Cut(message.Content.Text)));
        foreach (var kind in cut.GroupBy(pieces => (pieces.Message.Variant, pieces.Html.Length, pieces.Text.Length)))
            foreach (var part in kind.Chunk(most)) Share(part, requests);
        return requests;
    }

    private static void Share(Pieces[] messages, List<SendRequest> requests)
    {
        if (messages.Length == 1)
        {
            requests.Add(SendLine.Alone(messages[0].Message));
            return;
        }
        var (html, text) = (Differing(messages, m => m.Message.Content.Html, m => m.Html), Differing(messages, m => m.Message.Content.Text, m => m.Text));
        var mark = Mark(messages);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var lines = new List<SendLine>(messages.Length);
        foreach (var message in messages)
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            var bytes = Values(message.Message.Content.Html, message.Html, html, $"{mark}h", values) + Values(message.Message.Content.Text, message.Text, text, $"{mark}t", values);
            if (bytes > MaxSubstitutionBytes || !seen.Add(message.Message.Email)) requests.Add(SendLine.Alone(message.Message));
            else lines.Add(new SendLine(message.Message, values));
        }
        if (lines.Count == 0) return;
        if (lines.Count == 1) requests.Add(SendLine.Alone(lines[0].Message));
        else requests.Add(new SendRequest(Guid.CreateVersion7(), Skeleton(messages[0].Message.Content.Html, messages[0].Html, html, $"{mark}h"), Skeleton(messages[0].Message.Content.Text, messages[0].Text, text, $"{mark}t"), lines));
    }

    // Ends of the pieces; the last one is the text's length.
    private static int[] Cut(string text)
    {
        var ends = new List<int>(64);
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOfAny(Cuts);
            if (length < 0) break;
            start += length + 1;
            ends.Add(start);
        }
        if (ends.Count == 0 || ends[^1] != text.Length) ends.Add(text.Length);
        return [.. ends];
    }

    private static bool[] Differing(Pieces[] messages, Func<Pieces, string> textOf, Func<Pieces, int[]> endsOf)
    {
        var (first, firstEnds) = (textOf(messages[0]), endsOf(messages[0]));
        var differs = new bool[firstEnds.Length];
        for (var m = 1; m < messages.Length; m++)
        {
            var (text, ends) = (textOf(messages[m]), endsOf(messages[m]));
            for (int piece = 0, start = 0, firstStart = 0; piece < ends.Length; piece++)
            {
                if (!differs[piece]) differs[piece] = !text.AsSpan(start..ends[piece]).SequenceEqual(first.AsSpan(firstStart..firstEnds[piece]));
                (start, firstStart) = (ends[piece], firstEnds[piece]);
            }
        }
        return differs;
    }

    private static int Values(string text, int[] ends, bool[] differs, string mark, Dictionary<string, string> values)
    {
        var bytes = 0;
        foreach (var (place, from, to) in Places(ends, differs))
        {
            var (name, value) = (Name(mark, place), text[from..to]);
            values.Add(name, value);
            bytes += name.Length + System.Text.Encoding.UTF8.GetByteCount(value);
        }
        return bytes;
    }

    private static string Skeleton(string text, int[] ends, bool[] differs, string mark)
    {
        var skeleton = new System.Text.StringBuilder(text.Length);
        var copied = 0;
        foreach (var (place, from, to) in Places(ends, differs))
        {
            skeleton.Append(text, copied, from - copied).Append(Name(mark, place));
            copied = to;
        }
        return skeleton.Append(text, copied, text.Length - copied).ToString();
    }

    // Neighbouring pieces that differ are one place.
    private static IEnumerable<(int Place, int From, int To)> Places(int[] ends, bool[] differs)
    {
        for (int piece = 0, place = 0; piece < ends.Length; piece++)
        {
            if (!differs[piece]) continue;
            var from = piece == 0 ? 0 : ends[piece - 1];
            while (piece + 1 < ends.Length && differs[piece + 1]) piece++;
            yield return (place++, from, ends[piece]);
        }
    }

    private static string Mark(Pieces[] messages)
    {
        while (true)
        {
            var mark = $"%{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
            if (!messages.Any(m => m.Message.Content.Html.Contains(mark, StringComparison.Ordinal) || m.Message.Content.Text.Contains(mark, StringComparison.Ordinal) || m.Message.Content.Subject.Contains(mark, StringComparison.Ordinal))) return mark;
        }
    }

    private static string Name(string mark, int place) => string.Create(CultureInfo.InvariantCulture, $"{mark}{place}%");

    private sealed record Pieces(OutgoingMessage Message, int[] Html, int[] Text);
}
