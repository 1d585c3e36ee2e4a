using System.Buffers;

namespace Marketing.Segments.Members;

/// <summary>
/// Keeps spreadsheets from running what a guest wrote into a field: an apostrophe before what a formula may begin with.
/// Source: OWASP, "CSV Injection".
/// </summary>
internal static class FormulaGuard
{
    private static readonly SearchValues<char> Beginnings = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    /// <summary>The text as a spreadsheet may have it.</summary>
    public static string Add(string text) => text.Length > 0 && Beginnings.Contains(text[0]) ? $"'{text}" : text;

    /// <summary>The text as it was, of one that came back from a spreadsheet.</summary>
    public static string Remove(string text) => text.Length > 1 && text[0] == '\'' && Beginnings.Contains(text[1]) ? text[1..] : text;
}
