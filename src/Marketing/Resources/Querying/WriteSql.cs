using System.Diagnostics;

namespace Marketing.Resources.Querying;

/// <summary>Prints the statements of reads. PostgreSQL builds the JSON of each row.</summary>
internal static class WriteSql
{
    /// <summary>
    /// A page: per row its JSON and its order values as text. One row more than the page holds tells whether another page follows.
    /// </summary>
    public static SqlWriter List(ListQuery query)
    {
        var sql = new SqlWriter();
        Row(sql, query.Select);
        sql.Sql(", array[").Joined(", ", query.Order, term => sql.Column(term.Column).Sql("::text")).Sql("] from ").Table(query.Resource).Sql(" where true");
        foreach (var filter in query.Filters)
        {
            sql.Sql(" and ");
            Condition(sql, filter);
        }
        if (query.After is { } after)
        {
            sql.Sql(" and ");
            After(sql, query.Order, [.. after.Cast<string?>()], 0);
        }
        return sql.Sql(" order by ").Joined(", ", query.Order, term => Order(sql, term)).Sql(" limit ").Number(query.Limit + 1);
    }

    /// <summary>One row by a unique column: its JSON and the number that its ETag is made of.</summary>
    public static SqlWriter Item(Resource resource, IReadOnlyList<Column> select, Column key, object value)
    {
        var sql = new SqlWriter();
        Row(sql, select);
        return sql.Sql(", t.xmin::text from ").Table(resource).Sql(" where ").Column(key).Sql(" = ").Value(key, value);
    }

    private static void Row(SqlWriter sql, IReadOnlyList<Column> select) =>
        sql.Sql("select (select row_to_json(r) from (select ").Joined(", ", select, column => sql.Column(column)).Sql(") r)::text");

    private static void Condition(SqlWriter sql, Filter filter)
    {
        switch (filter)
        {
            case Filter.Compare(var column, var comparison, var value):
                sql.Column(column);
                Symbol(sql, comparison);
                sql.Value(column, value);
                break;
            case Filter.AnyOf(var column, var values):
                sql.Column(column).Sql(" = any(").Values(column, values).Sql(")");
                break;
            case Filter.Is(var column, var constant):
                sql.Column(column);
                Is(sql, constant);
                break;
            case Filter.Not(var inner):
                sql.Sql("not (");
                Condition(sql, inner);
                sql.Sql(")");
                break;
            default:
                throw new UnreachableException($"{filter}");
        }
    }

    private static SqlWriter Symbol(SqlWriter sql, Comparison comparison) => comparison switch
    {
        Comparison.Equal => sql.Sql(" = "),
        Comparison.NotEqual => sql.Sql(" <> "),
        Comparison.Greater => sql.Sql(" > "),
        Comparison.GreaterOrEqual => sql.Sql(" >= "),
        Comparison.Less => sql.Sql(" < "),
        Comparison.LessOrEqual => sql.Sql(" <= "),
        Comparison.Like => sql.Sql(" like "),
        Comparison.LikeIgnoringCase => sql.Sql(" ilike "),
        Comparison.Contains => sql.Sql(" @> "),
        _ => throw new UnreachableException($"{comparison}"),
    };

    private static SqlWriter Is(SqlWriter sql, Constant constant) => constant switch
    {
        Constant.Null => sql.Sql(" is null"),
        Constant.True => sql.Sql(" is true"),
        Constant.False => sql.Sql(" is false"),
        _ => throw new UnreachableException($"{constant}"),
    };

    private static void Order(SqlWriter sql, OrderTerm term)
    {
        sql.Column(term.Column);
        if (term.IsDescending) sql.Sql(" desc");
        if (!term.Column.IsNullable) return;
        if (term.NullsFirst) sql.Sql(" nulls first");
        else sql.Sql(" nulls last");
    }

    // Rows after (a, b, c): a beyond, or a equal and then b beyond, and so on.
    private static void After(SqlWriter sql, IReadOnlyList<OrderTerm> order, string?[] values, int index)
    {
        var (term, value) = (order[index], values[index]);
        sql.Sql("(");
        Beyond(sql, term, value);
        if (index + 1 < order.Count)
        {
            sql.Sql(" or (").Column(term.Column);
            if (value is null) sql.Sql(" is null");
            else sql.Sql(" = ").Printed(term.Column, value);
            sql.Sql(" and ");
            After(sql, order, values, index + 1);
            sql.Sql(")");
        }
        sql.Sql(")");
    }

    private static void Beyond(SqlWriter sql, OrderTerm term, string? value)
    {
        if (value is null)
        {
            if (term.NullsFirst) sql.Column(term.Column).Sql(" is not null");
            else sql.Sql("false");
            return;
        }
        sql.Column(term.Column);
        if (term.IsDescending) sql.Sql(" < ");
        else sql.Sql(" > ");
        sql.Printed(term.Column, value);
        if (term.Column.IsNullable && !term.NullsFirst) sql.Sql(" or ").Column(term.Column).Sql(" is null");
    }
}
