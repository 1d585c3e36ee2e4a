namespace Marketing.Resources.Querying;

/// <summary>A column, or a place inside a jsonb column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Path">Steps into the JSON: texts are keys, numbers are positions; empty for the column itself.</param>
/// <param name="AsText">True when the last step gives text (<c>-&gt;&gt;</c>).</param>
internal sealed record Operand(Column Column, IReadOnlyList<object> Path, bool AsText)
{
    /// <summary>The column itself.</summary>
    public Operand(Column column) : this(column, [], false) { }

    /// <summary>Type of the value.</summary>
    public ColumnType Type => AsText ? ColumnType.Text : Column.Type;

    /// <summary>True when the value may be null.</summary>
    public bool IsNullable => Path.Count > 0 || Column.IsNullable;

    /// <summary>Name of the value in answers unless the caller gives one: the column's, or the last key of the path.</summary>
    public string Name => Path.OfType<string>().LastOrDefault() ?? Column.Name;

    /// <summary>As a caller would write it.</summary>
    public override string ToString() =>
        string.Concat([Column.Name, .. Path.Select((step, index) => $"{(AsText && index == Path.Count - 1 ? "->>" : "->")}{step}")]);

    /// <inheritdoc />
    public bool Equals(Operand? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc />
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
