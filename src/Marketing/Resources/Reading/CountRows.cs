using System.Text.Json;
using Marketing.Problems;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Counts the rows of a read, in the way that the caller prefers.</summary>
internal static class CountRows
{
    /// <summary>
    /// Highest cost, in the planner's units, at which rows are counted one by one. A sequential scan of a million rows of content costs
    /// about 200,000.
    /// </summary>
    public const double MaxCost = 2_000_000;

    /// <summary>Guesses up to this are checked by counting, when the caller asks for an estimate.</summary>
    public const long ExactUpTo = 10_000;

    /// <summary>The count.</summary>
    /// <exception cref="ProblemException">Counting exactly would cost too much.</exception>
    public static async Task<long> RunAsync(NpgsqlConnection connection, ReadQuery query, CountMode mode, CancellationToken cancellationToken)
    {
        var (rows, cost) = await PlanAsync(connection, query, cancellationToken);
        if (mode == CountMode.Planned || (mode == CountMode.Estimated && rows > ExactUpTo)) return rows;
        if (cost > MaxCost)
            throw new ProblemException(Problem.BadRequest("count_too_expensive", "Counting these rows exactly would take too long. Send Prefer: count=estimated, or narrow the filter.", new FieldError("Prefer", "too_expensive", "Use count=estimated.")));
        await using var command = WriteRead.Count(query).ToCommand(connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<(long Rows, double Cost)> PlanAsync(NpgsqlConnection connection, ReadQuery query, CancellationToken cancellationToken)
    {
        var sql = WriteRead.Rows(query);
        await using var command = new NpgsqlCommand($"explain (format json) {sql}", connection);
        foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
        var root = plan.RootElement[0].GetProperty("Plan");
        return ((long)root.GetProperty("Plan Rows").GetDouble(), root.GetProperty("Total Cost").GetDouble());
    }
}
