namespace Marketing.Resources;

/// <summary>
/// A rule of one table that neither a type nor a check constraint can hold. It runs inside the write's transaction, before the save:
/// it may refuse with field errors, change the row, or add rows of other tables to the same unit of work.
/// </summary>
/// <typeparam name="TRow">Entity of the table.</typeparam>
public interface IWriteRule<TRow> where TRow : class
{
    /// <summary>Looks at one row that is about to be written. Called once a row, also in bulk writes and dry runs.</summary>
    Task ApplyAsync(RowWrite<TRow> write, CancellationToken cancellationToken);
}
