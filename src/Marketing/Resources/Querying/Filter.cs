namespace Marketing.Resources.Querying;

/// <summary>A condition on rows, with names resolved and values read.</summary>
internal abstract record Filter
{
    private Filter() { }

    /// <summary>A column against a value.</summary>
    public sealed record Compare(Operand Left, Comparison Comparison, object Value) : Filter;

    /// <summary>A column against several values: any of them, or all.</summary>
    public sealed record CompareMany(Operand Left, Comparison Comparison, IReadOnlyList<object?> Values, bool ForAll) : Filter;

    /// <summary>A column against null, true, false or unknown.</summary>
    public sealed record Is(Operand Left, Constant Constant) : Filter;

    /// <summary>A column's words against a text search query.</summary>
    /// <param name="Left">A text or jsonb column.</param>
    /// <param name="Kind">How the query is read.</param>
    /// <param name="Language">A text search configuration of <see cref="ParseFilter.Languages"/>.</param>
    /// <param name="Words">The query.</param>
    public sealed record Search(Operand Left, SearchKind Kind, string Language, string Words) : Filter;

    /// <summary>The opposite.</summary>
    public sealed record Not(Filter Inner) : Filter;

    /// <summary>Each holds.</summary>
    public sealed record All(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>At least one holds.</summary>
    public sealed record Any(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>A related row exists for which each holds.</summary>
    public sealed record Exists(Relation Relation, IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>No row.</summary>
    public sealed record Never : Filter;
}

/// <summary>Comparisons of a column with one value.</summary>
internal enum Comparison
{
    Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual, Like, LikeIgnoringCase, Match, MatchIgnoringCase, Distinct, Contains, ContainedIn, Overlaps,
}

/// <summary>What <c>is</c> compares with.</summary>
internal enum Constant { Null, True, False, Unknown }

/// <summary>How a text search query is read: PostgreSQL's own syntax, plain words, a phrase, or as in a search box.</summary>
internal enum SearchKind { Query, Plain, Phrase, Web }
