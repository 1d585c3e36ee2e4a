using System.Linq.Expressions;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Problems;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Marketing.Resources;

/// <summary>One row about to be written, as an <see cref="IWriteRule{TRow}"/> sees it.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Row">The row with the new values; the rule may change it.</param>
/// <param name="Database">The unit of work of the request. A rule adds rows to it and never saves it.</param>
/// <param name="Caller">Who writes.</param>
/// <param name="Now">Time of the request.</param>
public sealed record RowWrite<TRow>(WriteKind Kind, TRow Row, MarketingDbContext Database, Caller Caller, DateTimeOffset Now) where TRow : class
{
    private readonly List<FieldError> errors = [];

    /// <summary>What rules have refused so far; the write fails with 422 when there is any.</summary>
    public IReadOnlyList<FieldError> Errors => errors;

    /// <summary>The row in the unit of work, with its original values.</summary>
    public EntityEntry<TRow> Entry => Database.Entry(Row);

    /// <summary>Refuses the write.</summary>
    /// <param name="column">Column to blame.</param>
    /// <param name="code">Stable reason in snake case.</param>
    /// <param name="message">What to write instead.</param>
    public void Refuse(string column, string code, string message) => errors.Add(new FieldError(column, code, message));

    /// <summary>True when the row is new and the value is set, or when the write changes the value.</summary>
    public bool Changes<TValue>(Expression<Func<TRow, TValue>> column)
    {
        var property = Entry.Property(column);
        return Kind == WriteKind.Create ? property.CurrentValue is not null : Kind == WriteKind.Update && property.IsModified && !Equals(property.OriginalValue, property.CurrentValue);
    }
}
