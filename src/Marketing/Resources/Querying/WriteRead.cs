using System.Diagnostics;

namespace Marketing.Resources.Querying;

/// <summary>Prints the statements of reads. What the columns of a result are, <see cref="RowShape"/> says.</summary>
internal static class WriteRead
{
    /// <summary>A page; the values of a cursor are its first parameters. One row more than the page holds tells whether another page follows.</summary>
    public static SqlWriter Page(ReadQuery query, RowShape shape, int limit)
    {
        var sql = new SqlWriter();
        if (query.Cursor is { } cursor) WriteCursor.Declare(sql, cursor);
        var table = sql.NewAlias();
        Row(sql, query, shape, table);
        Source(sql, query, table);
        Tail(sql, query, table, limit + 1);
        return sql;
    }

    /// <summary>Every row, without pages; the values of a cursor are its first parameters.</summary>
    public static SqlWriter Export(ReadQuery query, RowShape shape)
    {
        var sql = new SqlWriter();
        if (query.Cursor is { } cursor) WriteCursor.Declare(sql, cursor);
        var table = sql.NewAlias();
        Row(sql, query, shape, table);
        Source(sql, query, table);
        Tail(sql, query, table, query.Limit);
        return sql;
    }

    /// <summary>Every row's values as PostgreSQL prints them, a column each; the values of a cursor are its first parameters.</summary>
    public static SqlWriter Table(ReadQuery query)
    {
        var sql = new SqlWriter();
        if (query.Cursor is { } cursor) WriteCursor.Declare(sql, cursor);
        var table = sql.NewAlias();
        sql.Sql("select ").Joined(", ", query.Select.SelectMany(Expressions), item => { item.Write(sql, table); sql.Sql("::text as ").Identifier(item.Name); });
        Source(sql, query, table);
        Group(sql, query);
        Tail(sql, query, table, query.Limit);
        return sql;
    }

    /// <summary>How many rows the conditions meet.</summary>
    public static SqlWriter Count(ReadQuery query)
    {
        var sql = new SqlWriter();
        var table = sql.NewAlias();
        if (query.IsGrouped)
        {
            sql.Sql("select count(*) from (");
            Items(sql, query, table);
            Source(sql, query, table);
            Group(sql, query);
            return sql.Sql(") g");
        }
        sql.Sql("select count(*)");
        Source(sql, query, table);
        return sql;
    }

    /// <summary>The rows that the conditions meet, showing nothing of them: for the planner's guess of their number.</summary>
    public static SqlWriter Rows(ReadQuery query)
    {
        var sql = new SqlWriter();
        var table = sql.NewAlias();
        sql.Sql("select");
        Source(sql, query, table);
        return sql;
    }

    /// <summary>Rows by their keys in the order of the keys: the number that the ETag is made of stands behind each.</summary>
    public static SqlWriter Keys(ReadQuery query, RowShape shape, Guid[] keys)
    {
        var sql = new SqlWriter();
        var table = sql.NewAlias();
        Tagged(sql, query, shape, table);
        sql.Sql(" from unnest(")
            .Parameter(new() { Value = keys, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Uuid }).Sql(") with ordinality as k (id, n) join ").Table(query.Access.Resource, table)
            .Sql(" on ").Column(table, query.Access.Resource.Key).Sql(" = k.id where ");
        WriteCondition.All(sql, table, query.Filters);
        return sql.Sql(" order by k.n");
    }

    /// <summary>One row by a unique column, whose value is the first parameter; the number that its ETag is made of stands behind it.</summary>
    public static SqlWriter Item(ReadQuery query, RowShape shape, Column key)
    {
        var sql = new SqlWriter().Declare(key.Type);
        var table = sql.NewAlias();
        Tagged(sql, query, shape, table);
        sql.Sql(" from ").Table(query.Access.Resource, table).Sql(" where ").Column(table, key).Sql(" = $1 and ");
        WriteCondition.All(sql, table, query.Filters);
        return sql;
    }

    /// <summary>True when a cursor can name the place of a row: rows are neither grouped nor ranked.</summary>
    public static bool HasCursor(ReadQuery query) => !query.IsGrouped && query.Words is null;

    private static void Row(SqlWriter sql, ReadQuery query, RowShape shape, Alias table)
    {
        if (shape.IsWhole)
        {
            sql.Sql("select row_to_json(r)::text from (");
            Items(sql, query, table);
            return;
        }
        sql.Sql("select ").Joined(", ", shape.Fields.Concat(shape.Hidden), field => field.Write(sql, table));
    }

    private static void Tagged(SqlWriter sql, ReadQuery query, RowShape shape, Alias table)
    {
        Row(sql, query, shape, table);
        if (shape.Fields.Count > 0) sql.Sql(", ");
        sql.Name(table).Sql(".xmin::text");
    }

    private static void Items(SqlWriter sql, ReadQuery query, Alias table) =>
        sql.Sql("select ").Joined(", ", query.Select.SelectMany(Expressions), item => { item.Write(sql, table); sql.Sql(" as ").Identifier(item.Name); });

    private static void Source(SqlWriter sql, ReadQuery query, Alias table)
    {
        sql.Sql(" from ").Table(query.Access.Resource, table);
        if (query.Words is { } words) sql.Sql(" join marketing_ops.search(").Text(query.Access.Resource.Table).Sql(", ").Text(words).Sql(") found on found.row_id = ").Column(table, query.Access.Resource.Key);
        sql.Sql(" where ");
        WriteCondition.All(sql, table, query.Filters);
        foreach (var inner in query.Embeddings.Where(embedding => embedding.IsInner))
        {
            sql.Sql(" and ");
            WriteCondition.Exists(sql, table, inner.Relation, inner.Query.Filters, inner.Query.Embeddings);
        }
    }

    private static void Tail(SqlWriter sql, ReadQuery query, Alias table, int? limit)
    {
        if (query.IsGrouped)
        {
            Group(sql, query);
            sql.Sql(") r");
            if (query.Order.Count > 0)
                sql.Sql(" order by ").Joined(", ", query.Order, term => { sql.Sql("r.").Identifier(query.Select.OfType<SelectItem.Value>().First(item => item.Operand == term.Operand).Name); Direction(sql, term, term); });
        }
        else
        {
            if (query.Cursor is { } cursor)
            {
                sql.Sql(" and ");
                WriteCursor.Run(sql, table, [.. query.Order.Select(term => cursor.IsBackwards ? term.Reversed : term)], cursor);
            }
            Order(sql, query, table);
        }
        if (limit is { } rows) sql.Sql(" limit ").Literal(rows);
        if (query.Offset > 0) sql.Sql(" offset ").Number(query.Offset);
    }

    private static void Order(SqlWriter sql, ReadQuery query, Alias table)
    {
        if (query.Order.Count == 0 && query.Words is null) return;
        sql.Sql(" order by ");
        if (query.Words is not null && query.Order.Count == 0) sql.Sql("found.rank desc, ").Column(table, query.Access.Resource.Key);
        sql.Joined(", ", query.Order, term =>
        {
            WriteOperand.Run(sql, table, term);
            Direction(sql, term, query.Cursor is { IsBackwards: true } ? term.Reversed : term);
        });
    }

    private static void Direction(SqlWriter sql, OrderTerm term, OrderTerm direction)
    {
        if (direction.IsDescending) sql.Sql(" desc");
        if (!term.IsNullable) return;
        if (direction.NullsFirst) sql.Sql(" nulls first");
        else sql.Sql(" nulls last");
    }

    private static void Group(SqlWriter sql, ReadQuery query)
    {
        if (!query.IsGrouped) return;
        var position = 0;
        var grouped = new List<int>();
        foreach (var item in query.Select)
        {
            var values = Values(item);
            if (item is not SelectItem.Aggregated) grouped.AddRange(Enumerable.Range(position + 1, values));
            position += values;
        }
        // By position: an expression with parameters would not be recognised as the same twice.
        if (grouped.Count > 0) sql.Sql(" group by ").Joined(", ", grouped, place => sql.Literal(place));
    }

    private static int Values(SelectItem item) => item is SelectItem.Related { Embedding: var related } ? related.Query.Select.Sum(Values) : 1;

    /// <summary>The expressions of an item, each with its name: one, or for a spread relation one for each of its values.</summary>
    public static IEnumerable<(string Name, Action<SqlWriter, Alias> Write)> Expressions(SelectItem item)
    {
        switch (item)
        {
            case SelectItem.Value value:
                yield return (value.Name, (sql, table) => { WriteOperand.Run(sql, table, value.Operand); sql.Cast(value.Cast); });
                break;
            case SelectItem.Aggregated aggregated:
                yield return (aggregated.Name, (sql, table) => WriteAggregate(sql, table, aggregated));
                break;
            case SelectItem.Related { Embedding: { IsSpread: true } related }:
                foreach (var value in related.Query.Select.SelectMany(Expressions)) yield return (value.Name, (sql, table) => Spread(sql, table, related, value.Write));
                break;
            case SelectItem.Related { Embedding: var related } when related.Query.Select.Count > 0:
                yield return (related.Name, (sql, table) => Embed(sql, table, related));
                break;
        }
    }

    private static void WriteAggregate(SqlWriter sql, Alias table, SelectItem.Aggregated item)
    {
        switch (item.Aggregate)
        {
            case Aggregate.Count: sql.Sql("count("); break;
            case Aggregate.Sum: sql.Sql("sum("); break;
            case Aggregate.Average: sql.Sql("avg("); break;
            case Aggregate.Minimum: sql.Sql("min("); break;
            case Aggregate.Maximum: sql.Sql("max("); break;
            default: throw new UnreachableException($"{item.Aggregate}");
        }
        if (item.Operand is { } operand)
        {
            WriteOperand.Run(sql, table, operand);
            sql.Cast(item.InnerCast);
        }
        else
        {
            sql.Sql("*");
        }
        sql.Sql(")").Cast(item.Cast);
    }

    private static void Embed(SqlWriter sql, Alias table, Embedding embedding)
    {
        var (query, related) = (embedding.Query, sql.NewAlias());
        if (embedding.Relation.IsToMany) sql.Sql("(select coalesce(json_agg(r), '[]') from (");
        else sql.Sql("(select row_to_json(r) from (");
        Items(sql, query, related);
        Related(sql, table, embedding, related);
        Group(sql, query);
        if (!query.IsGrouped) Order(sql, query, related);
        if (query.Limit is { } limit) sql.Sql(" limit ").Literal(limit);
        if (query.Offset > 0) sql.Sql(" offset ").Number(query.Offset);
        sql.Sql(") r)");
    }

    private static void Spread(SqlWriter sql, Alias table, Embedding embedding, Action<SqlWriter, Alias> write)
    {
        var related = sql.NewAlias();
        if (embedding.Relation.IsToMany) sql.Sql("(select coalesce(json_agg(r.v), '[]') from (select ");
        else sql.Sql("(select ");
        write(sql, related);
        if (embedding.Relation.IsToMany) sql.Sql(" as v");
        Related(sql, table, embedding, related);
        Order(sql, embedding.Query, related);
        if (embedding.Query.Limit is { } limit) sql.Sql(" limit ").Literal(limit);
        if (embedding.Relation.IsToMany) sql.Sql(") r)");
        else sql.Sql(")");
    }

    private static void Related(SqlWriter sql, Alias table, Embedding embedding, Alias related)
    {
        sql.Sql(" from ").Table(embedding.Relation.Target, related).Sql(" where ").Column(related, embedding.Relation.To).Sql(" = ").Column(table, embedding.Relation.From).Sql(" and ");
        WriteCondition.All(sql, related, embedding.Query.Filters);
        foreach (var inner in embedding.Query.Embeddings.Where(inner => inner.IsInner))
        {
            sql.Sql(" and ");
            WriteCondition.Exists(sql, related, inner.Relation, inner.Query.Filters, inner.Query.Embeddings);
        }
    }
}
