using Marketing.Problems;
using Marketing.Resources.Reading;

namespace Marketing.Resources.Writing;

/// <summary>One thing to do to one row.</summary>
/// <param name="Kind">What.</param>
internal sealed record RowOperation(OperationKind Kind)
{
    /// <summary>The row; null for one that is new or found by its values.</summary>
    public RowKey? Key { get; init; }

    /// <summary>The row, when it is loaded and held already; null to look for it.</summary>
    public StoredRow? Stored { get; init; }

    /// <summary>An entity with the new values; null for a delete.</summary>
    public object? Values { get; init; }

    /// <summary>Columns of <see cref="Values"/> that count.</summary>
    public ulong Set { get; init; }

    /// <summary>Changes the stored row instead of <see cref="Values"/>; for patches that depend on what is stored.</summary>
    public Action<object>? Patch { get; init; }

    /// <summary>Tags of which the stored row must have one; empty for any.</summary>
    public Microsoft.Extensions.Primitives.StringValues IfMatch { get; init; }

    /// <summary>What is wrong with the operation by itself; null when nothing is.</summary>
    public Problem? Problem { get; init; }
}

/// <summary>What an operation does.</summary>
internal enum OperationKind { Create, Update, Delete, Upsert, CreateIfAbsent }

/// <summary>What became of an operation.</summary>
internal sealed class RowOutcome
{
    /// <summary>What was done; null when nothing needed to be done.</summary>
    public WriteKind? Done { get; set; }

    /// <summary>Key of the row.</summary>
    public Guid Id { get; set; }

    /// <summary>Why it was refused; null when it was not.</summary>
    public Problem? Problem { get; set; }
}
