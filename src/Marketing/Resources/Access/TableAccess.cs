using Marketing.Resources.Querying;

namespace Marketing.Resources.Access;

/// <summary>What one caller may do to one table with one action. What it does not show looks absent to the caller.</summary>
internal sealed class TableAccess
{
    private readonly HashSet<Column> columns;

    public TableAccess(Resource resource, IReadOnlyList<Column> columns, Filter? rows, Filter? check) =>
        (Resource, Columns, Rows, Check, this.columns) = (resource, columns, rows, check, [.. columns]);

    /// <summary>The table.</summary>
    public Resource Resource { get; }

    /// <summary>Columns that the caller may read or write, in the table's order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>Rows that the caller may touch; null for all.</summary>
    public Filter? Rows { get; }

    /// <summary>What a row must fulfil after the caller wrote it; null for anything.</summary>
    public Filter? Check { get; }

    /// <summary>The column of this name; null when there is none or the caller may not know it.</summary>
    public Column? Find(string name) => Resource.Find(name) is { } column && columns.Contains(column) ? column : null;

    /// <summary>Names of the columns, for error messages.</summary>
    public string ColumnNames => string.Join(", ", Columns.Select(column => column.Name));
}
