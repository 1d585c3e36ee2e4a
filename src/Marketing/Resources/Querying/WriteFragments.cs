namespace Marketing.Resources.Querying;

/// <summary>Prints what a search found in a row: its rank and the words around what was found.</summary>
internal static class WriteFragments
{
    /// <summary>Appends an expression that is a JSON object.</summary>
    public static void Run(SqlWriter sql, ReadQuery query, Alias table)
    {
        // Found words are marked by characters of the private use area first; these become marks after what means something in HTML was escaped,
        // so that a fragment can be shown as it is.
        sql.Sql("json_build_object('rank', round(found.rank::numeric, 4), 'fragments', json_strip_nulls(json_build_object(");
        sql.Joined(", ", query.Access.Resource.Search, column =>
        {
            sql.Text(column.Name).Sql("::text, (select replace(replace(replace(replace(replace(f, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '\uE000', '<mark>'), '\uE001', '</mark>') from ts_headline('simple', ");
            if (column.Type.Name == "text[]") sql.Sql("array_to_string(").Column(table, column).Sql(", ', ')");
            else sql.Column(table, column);
            sql.Sql(", websearch_to_tsquery('simple', ").Text(query.Words!).Sql("), 'StartSel=\uE000, StopSel=\uE001, MaxFragments=2, MaxWords=20, MinWords=5') f where f like '%\uE000%')");
        });
        sql.Sql(")))::text");
    }
}
