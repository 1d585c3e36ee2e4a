using Marketing.Identity;
using Marketing.Problems;
using Npgsql;

namespace Marketing.Resources.Writing;

/// <summary>Runs the rules of one table over one row.</summary>
internal abstract class RuleRunner
{
    /// <summary>Runs them. They may change the row.</summary>
    /// <returns>What they refuse, and the rows of other tables that they add.</returns>
    public abstract Task<(IReadOnlyList<FieldError> Errors, IReadOnlyList<object> Added)> RunAsync(
        WriteKind kind, object row, object? before, Resource resource, NpgsqlConnection connection, Caller caller, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <inheritdoc />
internal sealed class RuleRunner<TRow>(IEnumerable<IWriteRule<TRow>> rules) : RuleRunner where TRow : class
{
    private readonly IWriteRule<TRow>[] rules = [.. rules];

    /// <inheritdoc />
    public override async Task<(IReadOnlyList<FieldError> Errors, IReadOnlyList<object> Added)> RunAsync(
        WriteKind kind, object row, object? before, Resource resource, NpgsqlConnection connection, Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (rules.Length == 0) return ([], []);
        var write = new RowWrite<TRow>(kind, (TRow)row, (TRow?)before, resource, connection, caller, now);
        foreach (var rule in rules) await rule.ApplyAsync(write, cancellationToken);
        return (write.Errors, write.Added);
    }
}
