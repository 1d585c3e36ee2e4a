using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Insights;

/// <summary>How many calls of this hour are spent, by app and by account, and until when nobody calls. Every worker counts in the same rows.</summary>
internal sealed class InsightBudgets(NpgsqlDataSource database, IOptions<InsightsOptions> options)
{
    /// <summary>Takes one call of both budgets.</summary>
    /// <returns>Null when it may be made; else how long to wait.</returns>
    public async Task<TimeSpan?> TakeAsync(string platform, Guid accountId, CancellationToken cancellationToken)
    {
        var budget = options.Value.Budget(platform);
        // The account's own first: an account that has spent its calls takes none of the app's.
        return await TakeAsync($"account:{accountId}", budget.AccountCallsPerHour, cancellationToken) ?? await TakeAsync($"app:{platform}", budget.AppCallsPerHour, cancellationToken);
    }

    /// <summary>Keeps everybody from calling for a while; a longer pause that stands is kept.</summary>
    public async Task PauseAsync(string scope, TimeSpan time, string reason, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into marketing_ops.insight_budgets (scope, window_at, paused_until, reason) values ($1, date_trunc('hour', now()), now() + $2, $3)
            on conflict (scope) do update set paused_until = greatest(insight_budgets.paused_until, excluded.paused_until), reason = excluded.reason
            """);
        foreach (var value in new object[] { scope, time, reason }) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<TimeSpan?> TakeAsync(string scope, int calls, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with taken as (
                insert into marketing_ops.insight_budgets (scope, window_at, calls) select $1, date_trunc('hour', now()), 1 where $2 > 0
                on conflict (scope) do update
                set    calls = case when insight_budgets.window_at = excluded.window_at then insight_budgets.calls + 1 else 1 end, window_at = excluded.window_at
                where  (insight_budgets.paused_until is null or insight_budgets.paused_until <= now()) and (insight_budgets.window_at <> excluded.window_at or insight_budgets.calls < $2)
                returning 1)
            select case when exists (select from taken) then null
                   else greatest(date_trunc('hour', now()) + case when exists (select from marketing_ops.insight_budgets where scope = $1 and paused_until > now()) then interval '0' else interval '1 hour' end,
                                 (select paused_until from marketing_ops.insight_budgets where scope = $1 and paused_until > now())) - now() end
            """);
        command.Parameters.AddWithValue(scope);
        command.Parameters.AddWithValue(calls);
        return await command.ExecuteScalarAsync(cancellationToken) is TimeSpan wait ? wait : null;
    }
}
