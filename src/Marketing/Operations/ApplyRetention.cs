using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Operations;

/// <summary>How long bookkeeping is kept, section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>Days that audit entries are kept; two years unless set.</summary>
    [Range(1, 36_500, ErrorMessage = "Retention:AuditDays must be from 1 to 36500. Example: 730")]
    public int AuditDays { get; set; } = 730;
}

/// <summary>Removes answers of idempotency keys after 24 hours, and audit entries after their time.</summary>
public sealed class ApplyRetention(NpgsqlDataSource database, IOptions<RetentionOptions> options)
{
    /// <summary>For how long a repeated request gets the stored answer.</summary>
    public static readonly TimeSpan IdempotencyKeys = TimeSpan.FromHours(24);

    // So many at a time that no lock is held for long.
    private const int Batch = 10_000;

    /// <summary>Removes what is too old.</summary>
    /// <exception cref="NpgsqlException">The database failed; the next run goes on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await RemoveAsync("delete from marketing_ops.idempotency_keys where ctid = any(array(select ctid from marketing_ops.idempotency_keys where created_at < now() - $1 limit $2))", IdempotencyKeys, cancellationToken);
        await RemoveAsync("delete from marketing_ops.audit_log where id in (select id from marketing_ops.audit_log where at < now() - $1 order by at limit $2)", TimeSpan.FromDays(options.Value.AuditDays), cancellationToken);
    }

    private async Task RemoveAsync(string sql, TimeSpan age, CancellationToken cancellationToken)
    {
        int removed;
        do
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddWithValue(age);
            command.Parameters.AddWithValue(Batch);
            removed = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (removed == Batch);
    }
}
