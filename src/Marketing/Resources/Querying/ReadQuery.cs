using Marketing.Resources.Access;

namespace Marketing.Resources.Querying;

/// <summary>One level of a read: a table, what of its rows to show, which rows, in what order. Related rows are levels of their own.</summary>
internal sealed class ReadQuery(TableAccess access)
{
    /// <summary>Rows of a page unless the caller says otherwise, and most rows of a JSON page.</summary>
    public const int DefaultLimit = 1000;

    /// <summary>Most rows of a JSON page that a caller may ask for; longer exports are CSV or NDJSON.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>The caller's access to the table; its row filter joins <see cref="Filters"/>.</summary>
    public TableAccess Access { get; } = access;

    /// <summary>What each row shows.</summary>
    public List<SelectItem> Select { get; } = [];

    /// <summary>Conditions, all of which hold; the caller's row filter is the first where there is one.</summary>
    public List<Filter> Filters { get; } = access.Rows is { } rows ? [rows] : [];

    /// <summary>Order of the rows. On the first level its last term makes it unique, unless rows are grouped.</summary>
    public List<OrderTerm> Order { get; set; } = [];

    /// <summary>Rows at most; null for all.</summary>
    public int? Limit { get; set; }

    /// <summary>Rows to leave out before the first.</summary>
    public int Offset { get; set; }

    /// <summary>Where the page begins or ends; null for the first page.</summary>
    public PageCursor? Cursor { get; set; }

    /// <summary>Words of <c>q</c>; null without.</summary>
    public string? Words { get; set; }

    /// <summary>The same read of another stretch of its rows.</summary>
    public ReadQuery Stretch(int? limit, int offset, PageCursor? cursor)
    {
        var copy = (ReadQuery)MemberwiseClone();
        (copy.Limit, copy.Offset, copy.Cursor) = (limit, offset, cursor);
        return copy;
    }

    /// <summary>True when rows are put together by aggregates.</summary>
    public bool IsGrouped => Select.Any(item => item is SelectItem.Aggregated);

    /// <summary>Related levels.</summary>
    public IEnumerable<Embedding> Embeddings => Select.OfType<SelectItem.Related>().Select(item => item.Embedding);
}

/// <summary>One part of a <c>select</c>.</summary>
internal abstract record SelectItem
{
    private SelectItem() { }

    /// <summary>A value of the row.</summary>
    /// <param name="Name">Its name in the answer.</param>
    /// <param name="Operand">The value.</param>
    /// <param name="Cast">PostgreSQL type to cast it to; null without.</param>
    public sealed record Value(string Name, Operand Operand, string? Cast) : SelectItem;

    /// <summary>A value over the rows of a group.</summary>
    /// <param name="Name">Its name in the answer.</param>
    /// <param name="Aggregate">The function.</param>
    /// <param name="Operand">What it goes over; null for a count of rows.</param>
    /// <param name="InnerCast">Cast before the function.</param>
    /// <param name="Cast">Cast after it.</param>
    public sealed record Aggregated(string Name, Aggregate Aggregate, Operand? Operand, string? InnerCast, string? Cast) : SelectItem;

    /// <summary>Related rows.</summary>
    public sealed record Related(Embedding Embedding) : SelectItem;
}

/// <summary>Aggregate functions that a caller may use.</summary>
internal enum Aggregate { Count, Sum, Average, Minimum, Maximum }

/// <summary>Related rows inside a row.</summary>
/// <param name="Name">Name in the answer and in parameters about them.</param>
/// <param name="Relation">The foreign key that relates them.</param>
/// <param name="IsInner">Rows without related rows are left out.</param>
/// <param name="IsSpread">The related rows' values stand among the row's own.</param>
/// <param name="Query">The related level.</param>
internal sealed record Embedding(string Name, Relation Relation, bool IsInner, bool IsSpread, ReadQuery Query);

/// <summary>One term of an order.</summary>
/// <param name="Via">Relation to the one row that holds the value; null for the row itself.</param>
/// <param name="Operand">The value.</param>
/// <param name="IsDescending">Largest first.</param>
/// <param name="NullsFirst">Nulls before everything else.</param>
internal sealed record OrderTerm(Embedding? Via, Operand Operand, bool IsDescending, bool NullsFirst)
{
    /// <summary>True when the term may be null.</summary>
    public bool IsNullable => Via is not null || Operand.IsNullable;

    /// <summary>The term turned round.</summary>
    public OrderTerm Reversed => new(Via, Operand, !IsDescending, IsNullable && !NullsFirst);

    /// <summary>As a caller would write it.</summary>
    public override string ToString() => $"{(Via is null ? Operand.ToString() : $"{Via.Name}({Operand})")}.{(IsDescending ? "desc" : "asc")}.{(NullsFirst ? "nullsfirst" : "nullslast")}";
}
