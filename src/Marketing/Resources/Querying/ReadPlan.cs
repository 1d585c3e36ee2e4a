using System.Collections.Concurrent;
using Npgsql;

namespace Marketing.Resources.Querying;

/// <summary>A read that was checked, with the statements it takes. Several requests may use it at once.</summary>
internal sealed class ReadPlan
{
    // By direction and by which values of the cursor are null.
    private readonly ConcurrentDictionary<(bool IsBackwards, ulong Nulls), Statement> pages;
    private Tuple<Column, Statement>? item;

    /// <summary>A plan without statements; they are written when first needed.</summary>
    public ReadPlan(ReadQuery query) : this(query, RowShape.Of(query, withOrder: WriteRead.HasCursor(query)), []) { }

    private ReadPlan(ReadQuery query, RowShape pageShape, ConcurrentDictionary<(bool, ulong), Statement> pages) => (Query, PageShape, this.pages) = (query, pageShape, pages);

    /// <summary>What is read; not to be changed.</summary>
    public ReadQuery Query { get; }

    /// <summary>The rows of a page.</summary>
    public RowShape PageShape { get; }

    /// <summary>Rows of a page at most.</summary>
    public int Limit => Math.Min(Query.Limit ?? ReadQuery.DefaultLimit, ReadQuery.MaxLimit);

    /// <summary>The plan of the page at a cursor, which shares its statements with the plans of other pages.</summary>
    public ReadPlan At(PageCursor cursor) => new(Query.Stretch(Query.Limit, Query.Offset, cursor), PageShape, pages);

    /// <summary>The plan of another stretch of the rows.</summary>
    public ReadPlan Stretch(int? limit, int offset) => (limit, offset) == (Query.Limit, Query.Offset) ? this : new(Query.Stretch(limit, offset, Query.Cursor), PageShape, []);

    /// <summary>A command that reads the page.</summary>
    public NpgsqlCommand Page(NpgsqlConnection connection)
    {
        var nulls = 0UL;
        for (var i = 0; i < Query.Cursor?.Row.Count; i++) nulls |= Query.Cursor.Row[i] is null ? 1UL << (i + 1) : 0;
        var statement = pages.GetOrAdd((Query.Cursor is { IsBackwards: true }, Query.Cursor is null ? 1 : nulls), static (_, plan) => WriteRead.Page(plan.Query, plan.PageShape, plan.Limit).ToStatement(), this);
        return Query.Cursor is { } cursor ? statement.ToCommand(connection, [.. WriteCursor.Values(cursor)]) : statement.ToCommand(connection);
    }

    /// <summary>A command that reads one row.</summary>
    public NpgsqlCommand Item(NpgsqlConnection connection, Column key, object value)
    {
        var known = item;
        if (known?.Item1 != key) item = known = Tuple.Create(key, WriteRead.Item(Query, RowShape.Of(Query), key).ToStatement());
        return known.Item2.ToCommand(connection, value);
    }
}
