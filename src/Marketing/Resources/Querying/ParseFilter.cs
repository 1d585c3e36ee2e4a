using Marketing.Problems;

namespace Marketing.Resources.Querying;

/// <summary>Reads <c>column=op.value</c>. Operators are PostgREST's.</summary>
internal static class ParseFilter
{
    private const string Operators = "eq, neq, gt, gte, lt, lte, like, ilike, in, is, cs, each also after not.";

    /// <summary>Reads one condition.</summary>
    /// <exception cref="ProblemException">The operator is unknown or does not fit the column, or the value is none of its type.</exception>
    public static Filter Run(Column column, string text)
    {
        if (text.StartsWith("not.", StringComparison.Ordinal)) return new Filter.Not(Run(column, text[4..]));
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var (name, value) = dot < 0 ? (text, "") : (text[..dot], text[(dot + 1)..]);
        if (dot < 0) throw Refuse(column, "missing_operator", $"Write {column.Name}=operator.value, for example {column.Name}=eq.{Plain(column)}. Operators: {Operators}");
        return name switch
        {
            "eq" => Compare(column, Comparison.Equal, value),
            "neq" => Compare(column, Comparison.NotEqual, value),
            "gt" => Compare(column, Comparison.Greater, value),
            "gte" => Compare(column, Comparison.GreaterOrEqual, value),
            "lt" => Compare(column, Comparison.Less, value),
            "lte" => Compare(column, Comparison.LessOrEqual, value),
            "like" => Like(column, Comparison.Like, value),
            "ilike" => Like(column, Comparison.LikeIgnoringCase, value),
            "in" => In(column, value),
            "is" => Is(column, value),
            "cs" => Contains(column, value),
            _ => throw Refuse(column, "unknown_operator", $"'{Shorten(name)}' is no operator. Operators: {Operators}"),
        };
    }

    private static Filter.Compare Compare(Column column, Comparison comparison, string text) => new(column, comparison, Read(column, text));

    private static Filter.Compare Like(Column column, Comparison comparison, string pattern) =>
        column.Type.Name == "text"
            ? new Filter.Compare(column, comparison, Read(column, pattern.Replace('*', '%')))
            : throw Refuse(column, "operator_does_not_fit", $"like and ilike fit text columns; {column.Name} is {column.Type.Name}. Use eq, gt, lt, in or is.");

    private static Filter.AnyOf In(Column column, string text)
    {
        if (column.Type.Name is "text[]" or "jsonb") throw Refuse(column, "operator_does_not_fit", $"in does not fit {column.Type.Name} columns. Use cs.");
        if (text.Length < 2 || text[0] != '(' || text[^1] != ')' || !ListText.TrySplit(text[1..^1], out var items))
            throw Refuse(column, "invalid_list", $"Write the list in round brackets: {column.Name}=in.({Plain(column)},{Plain(column)}). An item with a comma goes in double quotes.");
        return new Filter.AnyOf(column, [.. items.Select(item => (object?)Read(column, item))]);
    }

    private static Filter Is(Column column, string text) => text switch
    {
        "null" => new Filter.Is(column, Constant.Null),
        "not_null" => new Filter.Not(new Filter.Is(column, Constant.Null)),
        "true" when column.Type.Name == "boolean" => new Filter.Is(column, Constant.True),
        "false" when column.Type.Name == "boolean" => new Filter.Is(column, Constant.False),
        _ => throw Refuse(column, "invalid_value", $"Write {column.Name}=is.null or is.not_null; boolean columns also know is.true and is.false."),
    };

    private static Filter.Compare Contains(Column column, string text) => column.Type.Name is "text[]" or "jsonb"
        ? Compare(column, Comparison.Contains, text)
        : throw Refuse(column, "operator_does_not_fit", $"cs fits arrays and jsonb; {column.Name} is {column.Type.Name}. Use eq or in.");

    private static object Read(Column column, string text) => column.Type.TryParse(text, out var value)
        ? value!
        : throw Refuse(column, "invalid_value", $"'{Shorten(text)}' is no {column.Type.Name}. Example: {column.Name}=eq.{Plain(column)}");

    private static string Plain(Column column) => column.Type.Name switch
    {
        "text" => column.AllowedValues.Count > 0 ? column.AllowedValues[0] : "text",
        "text[]" => "{beach,pool}",
        _ => column.Type.Example,
    };

    private static ProblemException Refuse(Column column, string code, string message) =>
        new(Problem.BadRequest("invalid_filter", message, new FieldError(column.Name, code, message)));

    private static string Shorten(string text) => text.Length > 80 ? $"{text[..80]}…" : text;
}
