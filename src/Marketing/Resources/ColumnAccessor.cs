using System.Data.Common;
using System.Reflection;

namespace Marketing.Resources;

/// <summary>Gets and sets one column of an entity without reflection per row.</summary>
public abstract class ColumnAccessor
{
    /// <summary>The accessor of a property.</summary>
    internal static ColumnAccessor Of(PropertyInfo property) =>
        (ColumnAccessor)Activator.CreateInstance(typeof(ColumnAccessor<,>).MakeGenericType(property.DeclaringType!, property.PropertyType), property)!;

    /// <summary>The value; null for null.</summary>
    public abstract object? Get(object row);

    /// <summary>Sets the value. Null sets a value type to its default.</summary>
    public abstract void Set(object row, object? value);

    /// <summary>Copies the value between two rows.</summary>
    public abstract void Copy(object from, object to);

    /// <summary>True when both rows hold the same value; lists are compared item by item.</summary>
    public abstract bool AreEqual(object one, object other);

    /// <summary>True when the row holds null, or the default of a type that cannot be null.</summary>
    public abstract bool IsUnset(object row);

    /// <summary>Sets the value from a reader's column.</summary>
    public abstract void Read(object row, DbDataReader reader, int ordinal);
}

internal sealed class ColumnAccessor<TRow, TValue>(PropertyInfo property) : ColumnAccessor where TRow : class
{
    private readonly Func<TRow, TValue> get = property.GetMethod!.CreateDelegate<Func<TRow, TValue>>();
    private readonly Action<TRow, TValue> set = property.SetMethod!.CreateDelegate<Action<TRow, TValue>>();

    public override object? Get(object row) => get((TRow)row);

    public override void Set(object row, object? value) => set((TRow)row, value is null ? default! : (TValue)value);

    public override void Copy(object from, object to) => set((TRow)to, get((TRow)from));

    public override bool AreEqual(object one, object other) => Same(get((TRow)one), get((TRow)other));

    public override bool IsUnset(object row) => EqualityComparer<TValue>.Default.Equals(get((TRow)row), default);

    public override void Read(object row, DbDataReader reader, int ordinal) => set((TRow)row, reader.IsDBNull(ordinal) ? default! : reader.GetFieldValue<TValue>(ordinal));

    private static bool Same(TValue one, TValue other) => one is string[] list && other is string[] otherList
        ? list.AsSpan().SequenceEqual(otherList)
        : EqualityComparer<TValue>.Default.Equals(one, other);
}
