using Microsoft.EntityFrameworkCore.Metadata;

namespace Marketing.Resources;

/// <summary>One column of a resource, as the EF model and the resource's description define it.</summary>
/// <param name="Name">Name in SQL, JSON and queries.</param>
/// <param name="Property">Name of the entity's property.</param>
/// <param name="Type">How its values are read and sent.</param>
/// <param name="IsNullable">May hold null.</param>
/// <param name="HasDefault">The database fills it when the writer does not.</param>
/// <param name="Access">What a caller may do with it.</param>
/// <param name="AllowedValues">Values that a check constraint allows; empty when there is none.</param>
/// <param name="Precision">Digits of a numeric in all, and after the point; null for other types.</param>
/// <param name="Accessor">Reads and writes it on an entity.</param>
public sealed record Column(
    string Name, string Property, ColumnType Type, bool IsNullable, bool HasDefault, ColumnAccess Access, IReadOnlyList<string> AllowedValues, (int Digits, int Scale)? Precision,
    ColumnAccessor Accessor)
{
    /// <summary>The column may appear in answers, filters and orders.</summary>
    public bool IsReadable => Access != ColumnAccess.WriteOnly;

    /// <summary>A new row must bring it.</summary>
    public bool IsRequired => !IsNullable && !HasDefault && Access != ColumnAccess.ReadOnly;

    /// <summary>Its place among the table's columns, from 0; the bit that stands for it in a set of columns.</summary>
    public int Ordinal { get; init; }


    /// <inheritdoc />
    public bool Equals(Column? other) => ReferenceEquals(this, other);

    /// <inheritdoc />
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>Reads the column from the model.</summary>
    internal static Column From(IProperty property, ColumnAccess access, IReadOnlyList<string> allowedValues)
    {
        var storeType = Microsoft.EntityFrameworkCore.RelationalPropertyExtensions.GetColumnType(property);
        return new Column(
            Microsoft.EntityFrameworkCore.RelationalPropertyExtensions.GetColumnName(property),
            property.Name,
            ColumnType.Of(property.ClrType, storeType),
            property.IsNullable,
            property.ValueGenerated.HasFlag(ValueGenerated.OnAdd),
            access,
            allowedValues,
            property.GetPrecision() is { } digits ? (digits, property.GetScale() ?? 0) : null,
            ColumnAccessor.Of(property.PropertyInfo!));
    }
}

/// <summary>What a caller may do with a column.</summary>
public enum ColumnAccess
{
    /// <summary>Read and write it.</summary>
    ReadWrite,

    /// <summary>Read it; the product or the database writes it.</summary>
    ReadOnly,

    /// <summary>Write it; it never appears in an answer.</summary>
    WriteOnly,
}
