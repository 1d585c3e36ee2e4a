namespace Marketing.Resources.Querying;

/// <summary>A list request that the resource can answer.</summary>
/// <param name="Resource">The table.</param>
/// <param name="Select">Columns of the answer.</param>
/// <param name="Filters">Conditions, all of which hold.</param>
/// <param name="Order">Order of the rows; its last term makes it unique.</param>
/// <param name="Limit">Rows at most, 1 to <see cref="MaxLimit"/>.</param>
/// <param name="After">Order values of the row that the page follows; null for the first page.</param>
internal sealed record ListQuery(
    Resource Resource, IReadOnlyList<Column> Select, IReadOnlyList<Filter> Filters, IReadOnlyList<OrderTerm> Order, int Limit, IReadOnlyList<object?>? After)
{
    /// <summary>Rows of a page unless the caller says otherwise.</summary>
    public const int DefaultLimit = 25;

    /// <summary>Most rows of a page.</summary>
    public const int MaxLimit = 1000;
}

/// <summary>One term of an order.</summary>
internal sealed record OrderTerm(Column Column, bool IsDescending, bool NullsFirst)
{
    /// <summary>As a caller would write it.</summary>
    public override string ToString() => $"{Column.Name}.{(IsDescending ? "desc" : "asc")}.{(NullsFirst ? "nullsfirst" : "nullslast")}";
}
