namespace Marketing.Identity;

/// <summary>One line of a role: what its holders may do with the rows of one table.</summary>
/// <param name="Table">A table, or <c>*</c> for each.</param>
/// <param name="Action">read, create, update, delete, or <c>*</c> for each.</param>
/// <param name="Columns">Columns that may be read or written; null for all. The key is always readable.</param>
/// <param name="RowFilter">Rows that it holds for, in the grammar of queries, where <c>$claims.name</c> stands for the caller's claim; null for all rows.</param>
/// <param name="Check">What a written row must fulfil, in the same grammar; null for the row filter.</param>
public sealed record Grant(string Table, string Action, IReadOnlyList<string>? Columns, string? RowFilter, string? Check)
{
    /// <summary>Stands for every table or every action.</summary>
    public const string Every = "*";

    /// <summary>Every action on every row of every table.</summary>
    public static Grant Everything { get; } = new(Every, Every, null, null, null);

    /// <summary>Action of a grant that lets a caller approve AI-generated posts of its own; <see cref="Every"/> does not include it.</summary>
    public const string ApproveOwn = "approve_own";

    /// <summary>Names of the actions on rows.</summary>
    public static IReadOnlyList<string> Actions { get; } = [.. Enum.GetNames<TableAction>().Select(name => name.ToLowerInvariant())];

    /// <summary>True when the grant speaks of the table and the action.</summary>
    public bool Covers(string table, TableAction action) =>
        (Table == Every || Table == table) && (Action == Every || Action.Equals(action.ToString(), StringComparison.OrdinalIgnoreCase));
}
