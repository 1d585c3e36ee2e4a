using System.Diagnostics;

namespace Marketing.Resources.Querying;

/// <summary>Prints conditions.</summary>
internal static class WriteCondition
{
    /// <summary>Appends the conditions, joined by <c>and</c>; <c>true</c> when there is none.</summary>
    public static void All(SqlWriter sql, Alias table, IReadOnlyList<Filter> filters)
    {
        if (filters.Count == 0) sql.Sql("true");
        else sql.Joined(" and ", filters, filter => Run(sql, table, filter));
    }

    /// <summary>Appends one condition.</summary>
    public static void Run(SqlWriter sql, Alias table, Filter filter)
    {
        switch (filter)
        {
            case Filter.Compare(var left, var comparison, var value):
                WriteOperand.Run(sql, table, left);
                Symbol(sql, comparison);
                sql.Value(left.Type, value);
                break;
            case Filter.CompareMany(var left, var comparison, var values, var forAll):
                WriteOperand.Run(sql, table, left);
                Symbol(sql, comparison);
                if (forAll) sql.Sql("all(");
                else sql.Sql("any(");
                sql.Values(left.Type, values).Sql(")");
                break;
            case Filter.Is(var left, var constant):
                WriteOperand.Run(sql, table, left);
                Is(sql, constant);
                break;
            case Filter.Search search:
                Search(sql, table, search);
                break;
            case Filter.Not(var inner):
                sql.Sql("not (");
                Run(sql, table, inner);
                sql.Sql(")");
                break;
            case Filter.All(var filters):
                sql.Sql("(").Joined(" and ", filters, inner => Run(sql, table, inner)).Sql(")");
                break;
            case Filter.Any(var filters):
                sql.Sql("(").Joined(" or ", filters, inner => Run(sql, table, inner)).Sql(")");
                break;
            case Filter.Exists(var relation, var filters):
                Exists(sql, table, relation, filters, []);
                break;
            case Filter.Never:
                sql.Sql("false");
                break;
            default:
                throw new UnreachableException($"{filter}");
        }
    }

    /// <summary>Appends that a related row exists for which the filters hold and which itself has the related rows that it must have.</summary>
    public static void Exists(SqlWriter sql, Alias table, Relation relation, IReadOnlyList<Filter> filters, IEnumerable<Embedding> embeddings)
    {
        var related = sql.NewAlias();
        sql.Sql("exists (select from ").Table(relation.Target, related).Sql(" where ").Column(related, relation.To).Sql(" = ").Column(table, relation.From).Sql(" and ");
        All(sql, related, filters);
        foreach (var inner in embeddings.Where(embedding => embedding.IsInner))
        {
            sql.Sql(" and ");
            Exists(sql, related, inner.Relation, inner.Query.Filters, inner.Query.Embeddings);
        }
        sql.Sql(")");
    }

    private static void Symbol(SqlWriter sql, Comparison comparison)
    {
        switch (comparison)
        {
            case Comparison.Equal: sql.Sql(" = "); break;
            case Comparison.NotEqual: sql.Sql(" <> "); break;
            case Comparison.Greater: sql.Sql(" > "); break;
            case Comparison.GreaterOrEqual: sql.Sql(" >= "); break;
            case Comparison.Less: sql.Sql(" < "); break;
            case Comparison.LessOrEqual: sql.Sql(" <= "); break;
            case Comparison.Like: sql.Sql(" like "); break;
            case Comparison.LikeIgnoringCase: sql.Sql(" ilike "); break;
            case Comparison.Match: sql.Sql(" ~ "); break;
            case Comparison.MatchIgnoringCase: sql.Sql(" ~* "); break;
            case Comparison.Distinct: sql.Sql(" is distinct from "); break;
            case Comparison.Contains: sql.Sql(" @> "); break;
            case Comparison.ContainedIn: sql.Sql(" <@ "); break;
            case Comparison.Overlaps: sql.Sql(" && "); break;
            default: throw new UnreachableException($"{comparison}");
        }
    }

    private static void Is(SqlWriter sql, Constant constant)
    {
        switch (constant)
        {
            case Constant.Null: sql.Sql(" is null"); break;
            case Constant.True: sql.Sql(" is true"); break;
            case Constant.False: sql.Sql(" is false"); break;
            case Constant.Unknown: sql.Sql(" is unknown"); break;
            default: throw new UnreachableException($"{constant}");
        }
    }

    private static void Search(SqlWriter sql, Alias table, Filter.Search search)
    {
        sql.Sql("to_tsvector(").Text(search.Language).Sql("::regconfig, ");
        WriteOperand.Run(sql, table, search.Left);
        switch (search.Kind)
        {
            case SearchKind.Query: sql.Sql(") @@ to_tsquery("); break;
            case SearchKind.Plain: sql.Sql(") @@ plainto_tsquery("); break;
            case SearchKind.Phrase: sql.Sql(") @@ phraseto_tsquery("); break;
            case SearchKind.Web: sql.Sql(") @@ websearch_to_tsquery("); break;
            default: throw new UnreachableException($"{search.Kind}");
        }
        sql.Text(search.Language).Sql("::regconfig, ").Text(search.Words).Sql(")");
    }
}
