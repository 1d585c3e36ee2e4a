namespace Marketing.Resources.Querying;

/// <summary>A read that was checked, with the statements it takes. Several requests may use it at once.</summary>
internal sealed class ReadPlan(ReadQuery query)
{
    private Statement? page;
    private Tuple<Column, Statement>? item;

    /// <summary>What is read; not to be changed.</summary>
    public ReadQuery Query => query;

    /// <summary>Rows of a page at most.</summary>
    public int Limit => Math.Min(query.Limit ?? ReadQuery.DefaultLimit, ReadQuery.MaxLimit);

    /// <summary>The rows of a page.</summary>
    public RowShape PageShape { get; } = RowShape.Of(query, withOrder: WriteRead.HasCursor(query));

    /// <summary>A row by itself.</summary>
    public RowShape ItemShape { get; } = RowShape.Of(query);

    /// <summary>The statement of a page.</summary>
    public Statement Page => page ??= WriteRead.Page(query, PageShape, Limit).ToStatement();

    /// <summary>The statement of one row; its first parameter is the value of the key.</summary>
    public Statement Item(Column key)
    {
        if (item is { } written && written.Item1 == key) return written.Item2;
        var statement = WriteRead.Item(query, ItemShape, key).ToStatement();
        item = Tuple.Create(key, statement);
        return statement;
    }
}
