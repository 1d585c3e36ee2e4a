namespace Marketing.Resources.Querying;

/// <summary>
/// Prints the condition that rows lie behind a cursor. The cursor's values that are not null are the statement's first parameters, so that one
/// statement serves every page.
/// </summary>
internal static class WriteCursor
{
    /// <summary>Declares the parameters of a cursor.</summary>
    public static void Declare(SqlWriter sql, PageCursor cursor)
    {
        foreach (var _ in Values(cursor)) sql.Declare(ColumnType.Text);
    }

    /// <summary>The values of the declared parameters.</summary>
    public static IEnumerable<string> Values(PageCursor cursor) => cursor.Row.OfType<string>();

    /// <summary>Rows after (a, b, c): a beyond, or a equal and then b beyond, and so on.</summary>
    public static void Run(SqlWriter sql, Alias table, IReadOnlyList<OrderTerm> order, PageCursor cursor)
    {
        var places = new int?[cursor.Row.Count];
        for (int i = 0, place = 1; i < places.Length; i++) places[i] = cursor.Row[i] is null ? null : place++;
        // The first term by itself lets an index be entered at the right place.
        if (order is [{ IsNullable: false } first, _, ..] && places[0] is { } start)
        {
            WriteOperand.Run(sql, table, first);
            if (first.IsDescending) sql.Sql(" <= ");
            else sql.Sql(" >= ");
            sql.Printed(first.Operand.Type, start).Sql(" and ");
        }
        After(sql, table, order, places, 0);
    }

    private static void After(SqlWriter sql, Alias table, IReadOnlyList<OrderTerm> order, int?[] places, int index)
    {
        var (term, place) = (order[index], places[index]);
        sql.Sql("(");
        Beyond(sql, table, term, place);
        if (index + 1 < order.Count)
        {
            sql.Sql(" or (");
            WriteOperand.Run(sql, table, term);
            if (place is null) sql.Sql(" is null");
            else sql.Sql(" = ").Printed(term.Operand.Type, place.Value);
            sql.Sql(" and ");
            After(sql, table, order, places, index + 1);
            sql.Sql(")");
        }
        sql.Sql(")");
    }

    private static void Beyond(SqlWriter sql, Alias table, OrderTerm term, int? place)
    {
        if (place is null)
        {
            if (!term.NullsFirst)
            {
                sql.Sql("false");
                return;
            }
            WriteOperand.Run(sql, table, term);
            sql.Sql(" is not null");
            return;
        }
        WriteOperand.Run(sql, table, term);
        if (term.IsDescending) sql.Sql(" < ");
        else sql.Sql(" > ");
        sql.Printed(term.Operand.Type, place.Value);
        if (!term.IsNullable || term.NullsFirst) return;
        sql.Sql(" or ");
        WriteOperand.Run(sql, table, term);
        sql.Sql(" is null");
    }
}
