namespace Marketing.Resources.Querying;

/// <summary>A condition on rows, with names resolved and values read.</summary>
internal abstract record Filter
{
    private Filter() { }

    /// <summary>A column against a value.</summary>
    public sealed record Compare(Column Column, Comparison Comparison, object Value) : Filter;

    /// <summary>A column against several values, any of which will do.</summary>
    public sealed record AnyOf(Column Column, IReadOnlyList<object?> Values) : Filter;

    /// <summary>A column against null, true or false.</summary>
    public sealed record Is(Column Column, Constant Constant) : Filter;

    /// <summary>The opposite.</summary>
    public sealed record Not(Filter Inner) : Filter;
}

/// <summary>Comparisons of a column with one value.</summary>
internal enum Comparison { Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual, Like, LikeIgnoringCase, Contains }

/// <summary>What <c>is</c> compares with.</summary>
internal enum Constant { Null, True, False }
