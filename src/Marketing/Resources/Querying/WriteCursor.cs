namespace Marketing.Resources.Querying;

/// <summary>Prints the condition that rows lie behind a cursor.</summary>
internal static class WriteCursor
{
    /// <summary>Rows after (a, b, c): a beyond, or a equal and then b beyond, and so on.</summary>
    public static void Run(SqlWriter sql, Alias table, IReadOnlyList<OrderTerm> order, IReadOnlyList<string?> values)
    {
        // The first term by itself lets an index be entered at the right place.
        if (order is [{ IsNullable: false } first, _, ..] && values[0] is { } start)
        {
            WriteOperand.Run(sql, table, first);
            if (first.IsDescending) sql.Sql(" <= ");
            else sql.Sql(" >= ");
            sql.Printed(first.Operand.Type, start).Sql(" and ");
        }
        After(sql, table, order, values, 0);
    }

    private static void After(SqlWriter sql, Alias table, IReadOnlyList<OrderTerm> order, IReadOnlyList<string?> values, int index)
    {
        var (term, value) = (order[index], values[index]);
        sql.Sql("(");
        Beyond(sql, table, term, value);
        if (index + 1 < order.Count)
        {
            sql.Sql(" or (");
            WriteOperand.Run(sql, table, term);
            if (value is null) sql.Sql(" is null");
            else sql.Sql(" = ").Printed(term.Operand.Type, value);
            sql.Sql(" and ");
            After(sql, table, order, values, index + 1);
            sql.Sql(")");
        }
        sql.Sql(")");
    }

    private static void Beyond(SqlWriter sql, Alias table, OrderTerm term, string? value)
    {
        if (value is null)
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
        sql.Printed(term.Operand.Type, value);
        if (!term.IsNullable || term.NullsFirst) return;
        sql.Sql(" or ");
        WriteOperand.Run(sql, table, term);
        sql.Sql(" is null");
    }
}
