namespace Marketing.Resources;

/// <summary>One table as the API serves it: its description together with what the EF model says.</summary>
/// <param name="Description">What the model does not say.</param>
/// <param name="Schema">Schema of the table.</param>
/// <param name="Table">Name of the table, which is its path too.</param>
/// <param name="Columns">Columns in the map's order.</param>
/// <param name="Key">The uuid key.</param>
/// <param name="BusinessId">The business id column; null for tables without one.</param>
/// <param name="BusinessIdPrefix">Prefix of business ids, for example <c>CON</c>; null without one.</param>
public sealed record Resource(
    ResourceDescription Description, string Schema, string Table, IReadOnlyList<Column> Columns, Column Key, Column? BusinessId, string? BusinessIdPrefix)
{
    private readonly Dictionary<string, Column> byName = Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);

    /// <summary>Columns that may appear in answers.</summary>
    public IReadOnlyList<Column> Readable { get; } = [.. Columns.Where(column => column.IsReadable)];

    /// <summary>The column of this name; null when there is none.</summary>
    public Column? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Names of the readable columns, for error messages.</summary>
    public string ColumnNames => string.Join(", ", Readable.Select(column => column.Name));
}
