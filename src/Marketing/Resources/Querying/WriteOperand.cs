namespace Marketing.Resources.Querying;

/// <summary>Prints columns and paths into them.</summary>
internal static class WriteOperand
{
    /// <summary>Appends the value of a row.</summary>
    public static void Run(SqlWriter sql, Alias table, Operand operand)
    {
        if (operand.Path.Count == 0)
        {
            sql.Column(table, operand.Column);
            return;
        }
        sql.Sql("(").Column(table, operand.Column);
        for (var i = 0; i < operand.Path.Count; i++)
        {
            if (operand.AsText && i == operand.Path.Count - 1) sql.Sql("->>");
            else sql.Sql("->");
            if (operand.Path[i] is int position) sql.Number(position);
            else sql.Text((string)operand.Path[i]);
        }
        sql.Sql(")");
    }

    /// <summary>Appends the value of an order, which may stand in a related row.</summary>
    public static void Run(SqlWriter sql, Alias table, OrderTerm term)
    {
        if (term.Via is not { } via)
        {
            Run(sql, table, term.Operand);
            return;
        }
        var related = sql.NewAlias();
        sql.Sql("(select ");
        Run(sql, related, term.Operand);
        sql.Sql(" from ").Table(via.Relation.Target, related).Sql(" where ").Column(related, via.Relation.To).Sql(" = ").Column(table, via.Relation.From).Sql(" and ");
        WriteCondition.All(sql, related, via.Query.Filters);
        sql.Sql(")");
    }
}
