namespace Marketing.Resources;

/// <summary>One table as the API serves it: its description together with what the EF model says.</summary>
public sealed class Resource
{
    private readonly Dictionary<string, Column> byName;

    internal Resource(ResourceDescription description, string schema, string table, IReadOnlyList<Column> columns, Column? businessId, string? businessIdPrefix)
    {
        (Description, Schema, Table, Columns, BusinessId, BusinessIdPrefix) = (description, schema, table, columns, businessId, businessIdPrefix);
        byName = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        Key = byName["id"];
        Readable = [.. columns.Where(column => column.IsReadable)];
        Search = [.. description.Search.Select(name => byName[name])];
    }

    /// <summary>What the model does not say.</summary>
    public ResourceDescription Description { get; }

    /// <summary>Schema of the table.</summary>
    public string Schema { get; }

    /// <summary>Name of the table, which is its path too.</summary>
    public string Table { get; }

    /// <summary>Columns in the map's order; at most 64.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The uuid key.</summary>
    public Column Key { get; }

    /// <summary>The business id column; null for tables without one.</summary>
    public Column? BusinessId { get; }

    /// <summary>Prefix of business ids, for example <c>CON</c>; null without one.</summary>
    public string? BusinessIdPrefix { get; }

    /// <summary>Columns that may appear in answers.</summary>
    public IReadOnlyList<Column> Readable { get; }

    /// <summary>Columns that <c>q</c> searches, the weightiest first.</summary>
    public IReadOnlyList<Column> Search { get; }

    /// <summary>Foreign keys from and to this table.</summary>
    public IReadOnlyList<Relation> Relations { get; internal set; } = [];

    /// <summary>Sets of columns that are unique together, the key among them.</summary>
    public IReadOnlyList<IReadOnlyList<Column>> UniqueKeys { get; internal set; } = [];

    /// <summary>The column of this name; null when there is none.</summary>
    public Column? Find(string name) => byName.GetValueOrDefault(name);

    /// <inheritdoc />
    public override string ToString() => Table;
}
