using Marketing.Problems;

namespace Marketing.Resources.Querying;

/// <summary>Reads the value of one condition and checks that it fits the operand.</summary>
internal sealed class ConditionReader(Operand operand, string parameter)
{
    private string TypeName => operand.Type.Name;

    /// <summary>A good value, as it stands in a query.</summary>
    public string Plain => TypeName switch
    {
        "text" => operand.Path.Count == 0 && operand.Column.AllowedValues.Count > 0 ? operand.Column.AllowedValues[0] : "text",
        "text[]" => "{beach,pool}",
        _ => operand.Type.Example,
    };

    /// <summary>An ordinary comparison, with <c>any</c> and <c>all</c>.</summary>
    public Filter Compare(Comparison comparison, string modifier, string text)
    {
        if (modifier.Length == 0) return new Filter.Compare(operand, comparison, Value(text));
        return Many(comparison, modifier, text, item => Value(item));
    }

    /// <summary>A pattern or a regular expression on text.</summary>
    public Filter Pattern(Comparison comparison, string modifier, string text)
    {
        if (TypeName != "text") throw Refuse("operator_does_not_fit", $"like, ilike, match and imatch fit text columns; {operand} is {TypeName}. Use eq, gt, lt, in or is.");
        Func<string, object> read = comparison is Comparison.Like or Comparison.LikeIgnoringCase ? item => Value(item.Replace('*', '%')) : Value;
        return modifier.Length == 0 ? new Filter.Compare(operand, comparison, read(text)) : Many(comparison, modifier, text, read);
    }

    /// <summary>One of a list.</summary>
    public Filter In(string text)
    {
        if (TypeName is "text[]" or "jsonb") throw Refuse("operator_does_not_fit", $"in does not fit {TypeName} columns. Use cs or ov.");
        if (text.Length < 2 || text[0] != '(' || text[^1] != ')' || !ListText.TrySplit(text[1..^1], out var items))
            throw Refuse("invalid_list", $"Write the list in round brackets: {operand}=in.({Plain},{Plain}). An item with a comma goes in double quotes.");
        return new Filter.CompareMany(operand, Comparison.Equal, [.. items.Select(item => (object?)Value(item))], ForAll: false);
    }

    /// <summary>Null, true, false, unknown.</summary>
    public Filter Is(string text)
    {
        var isBoolean = TypeName == "boolean";
        return text.ToLowerInvariant() switch
        {
            "null" => new Filter.Is(operand, Constant.Null),
            "not_null" => new Filter.Not(new Filter.Is(operand, Constant.Null)),
            "true" when isBoolean => new Filter.Is(operand, Constant.True),
            "false" when isBoolean => new Filter.Is(operand, Constant.False),
            "unknown" when isBoolean => new Filter.Is(operand, Constant.Unknown),
            _ => throw Refuse("invalid_value", $"Write {operand}=is.null or is.not_null; boolean columns also know is.true, is.false and is.unknown."),
        };
    }

    /// <summary>Contains, is contained.</summary>
    public Filter Contains(Comparison comparison, string text) => TypeName is "text[]" or "jsonb"
        ? new Filter.Compare(operand, comparison, Value(text))
        : throw Refuse("operator_does_not_fit", $"cs and cd fit arrays and jsonb; {operand} is {TypeName}. Use eq or in.");

    /// <summary>Has an item in common.</summary>
    public Filter Overlaps(string text) => TypeName == "text[]"
        ? new Filter.Compare(operand, Comparison.Overlaps, Value(text))
        : throw Refuse("operator_does_not_fit", $"ov fits arrays; {operand} is {TypeName}. Use eq or in.");

    /// <summary>Full-text search.</summary>
    public Filter Search(SearchKind kind, string language, string text)
    {
        if (TypeName is not ("text" or "jsonb")) throw Refuse("operator_does_not_fit", $"fts fits text and jsonb columns; {operand} is {TypeName}.");
        if (language.Length == 0) language = "english";
        if (!ParseFilter.Languages.Contains(language)) throw Refuse("invalid_value", $"'{QueryText.Shorten(language)}' is no text search configuration. Use one of {string.Join(", ", ParseFilter.Languages)}.");
        if (!ColumnType.Text.TryParse(text, out _)) throw NoValue(text);
        return new Filter.Search(operand, kind, language, text);
    }

    /// <summary>A comparison with the values of a claim. What does not fit the column matches nothing.</summary>
    public Filter Claim(string comparison, IReadOnlyList<string> held)
    {
        var values = held.Select(text => operand.Type.Name == "text[]" ? text : operand.Type.TryParse(text, out var value) ? value : null).OfType<object>().ToList();
        if (values.Count == 0) return new Filter.Never();
        return comparison switch
        {
            "eq" or "in" => new Filter.CompareMany(operand, Comparison.Equal, values, ForAll: false),
            "ov" or "cs" when TypeName == "text[]" => new Filter.Compare(operand, comparison == "ov" ? Comparison.Overlaps : Comparison.Contains, values.Cast<string>().ToArray()),
            _ => throw Refuse("operator_does_not_fit", "Compare a claim by eq, in, ov or cs."),
        };
    }

    /// <summary>400 that blames the condition.</summary>
    public ProblemException Refuse(string code, string message) => QueryProblems.Refuse(parameter, code, message, "invalid_filter");

    private Filter.CompareMany Many(Comparison comparison, string modifier, string text, Func<string, object> read)
    {
        if (modifier is not ("any" or "all") || TypeName is "text[]" or "jsonb") throw Refuse("unknown_modifier", $"After the operator write (any) or (all), with a list: {operand}=eq(any).{{{Plain},{Plain}}}.");
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}' || !ListText.TrySplit(text[1..^1], out var items))
            throw Refuse("invalid_list", $"Write the list in curly brackets: {operand}=eq({modifier}).{{{Plain},{Plain}}}.");
        return new Filter.CompareMany(operand, comparison, [.. items.Select(item => (object?)read(item))], ForAll: modifier == "all");
    }

    private object Value(string text) => operand.Type.TryParse(text, out var value) ? value! : throw NoValue(text);

    private ProblemException NoValue(string text) => Refuse("invalid_value", $"'{QueryText.Shorten(text)}' is no {TypeName}. Example: {operand}=eq.{Plain}");
}
