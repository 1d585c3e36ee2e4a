using Marketing.Problems;
using Marketing.Resources.Access;

namespace Marketing.Resources.Querying;

/// <summary>Refusals of queries, with PostgREST's code or PostgreSQL's where one exists.</summary>
internal static class QueryProblems
{
    /// <summary>400 that blames a parameter.</summary>
    public static ProblemException Refuse(string parameter, string code, string message, string problem = "invalid_query", string apiCode = "PGRST100") =>
        new(Problem.BadRequest(problem, message, new FieldError(parameter, code, message)) with { ApiCode = apiCode });

    /// <summary>400: there is no such column, or the caller may not know it.</summary>
    public static ProblemException UnknownColumn(TableAccess access, string name, string parameter)
    {
        var shown = QueryText.Shorten(name);
        if (access.Resource.Find(name) is { Access: ColumnAccess.WriteOnly })
            return Refuse(parameter, "write_only_column", $"{shown} can be written but never read. Columns: {access.ColumnNames}.", apiCode: "42703");
        return Refuse(parameter, "unknown_column",
            $"{access.Resource.Table} has no column '{shown}'.{Nearest.Sentence(name, access.Columns.Select(column => column.Name))} Columns: {access.ColumnNames}. Other parameters: select, order, limit, offset, cursor, q, and, or.", apiCode: "42703");
    }
}
