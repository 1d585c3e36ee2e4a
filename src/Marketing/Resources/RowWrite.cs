using Marketing.Identity;
using Marketing.Problems;
using Npgsql;

namespace Marketing.Resources;

/// <summary>One row about to be written, as an <see cref="IWriteRule{TRow}"/> sees it.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Row">The row with the new values; the rule may change it.</param>
/// <param name="Before">The row as it is stored; null for a new one.</param>
/// <param name="Resource">Its table.</param>
/// <param name="Connection">The connection of the write's transaction, for questions to other tables.</param>
/// <param name="Caller">Who writes.</param>
/// <param name="Now">Time of the request.</param>
public sealed record RowWrite<TRow>(WriteKind Kind, TRow Row, TRow? Before, Resource Resource, NpgsqlConnection Connection, Caller Caller, DateTimeOffset Now) where TRow : class
{
    private readonly List<FieldError> errors = [];
    private readonly List<object> added = [];

    /// <summary>What rules have refused so far; the write fails with 422 when there is any.</summary>
    public IReadOnlyList<FieldError> Errors => errors;

    /// <summary>Rows of other tables that are stored together with this one.</summary>
    public IReadOnlyList<object> Added => added;

    /// <summary>Refuses the write.</summary>
    /// <param name="column">Column to blame.</param>
    /// <param name="code">Stable reason in snake case.</param>
    /// <param name="message">What to write instead.</param>
    public void Refuse(string column, string code, string message) => errors.Add(new FieldError(column, code, message));

    /// <summary>Stores a row of another table in the same transaction, after this one.</summary>
    public void Add(object row) => added.Add(row);

    /// <summary>True when the row is new and the value is set, or when the write changes the value.</summary>
    public bool Changes<TValue>(Func<TRow, TValue> column)
    {
        var value = column(Row);
        return Kind == WriteKind.Create ? value is not null : Kind == WriteKind.Update && !AreEqual(value, column(Before!));
    }

    /// <summary>Columns whose value the write changes.</summary>
    public IEnumerable<Column> ChangedColumns => Before is { } before ? Resource.Columns.Where(column => !column.Accessor.AreEqual(before, Row)) : [];

    /// <summary>True when a query, with <c>$1</c>, <c>$2</c> for the values, finds a row.</summary>
    public async Task<bool> FindsAsync(string sql, CancellationToken cancellationToken, params object?[] values) => await AskAsync<object>(sql, cancellationToken, values) is not null;

    /// <summary>The first value that a query, with <c>$1</c>, <c>$2</c> for the values, finds; default when it finds none.</summary>
    public async Task<T?> AskAsync<T>(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        foreach (var value in values) command.Parameters.AddWithValue(value ?? DBNull.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<T>(0) : default;
    }

    private static bool AreEqual<TValue>(TValue one, TValue other) =>
        one is string[] list && other is string[] otherList ? list.AsSpan().SequenceEqual(otherList) : EqualityComparer<TValue>.Default.Equals(one, other);
}
