using Marketing.Data;
using Marketing.IntegrationTests.Support;
using Npgsql;

namespace Marketing.IntegrationTests.Social;

/// <summary>
/// A clock that stands until it is moved, for a worker and for its database: sessions look for <c>now()</c> in the schema <c>simulated</c>
/// first. Real time passes without any effect.
/// </summary>
internal sealed class SimulatedClock(ProductFixture product) : TimeProvider, IAsyncDisposable
{
    private NpgsqlDataSource? database;

    public DateTimeOffset Now { get; private set; }

    /// <summary>Sessions with the simulated clock.</summary>
    public NpgsqlDataSource Database => database ?? throw new InvalidOperationException("The clock was not started.");

    /// <summary>The address of the database with the simulated clock.</summary>
    public string Address => product.Settings[DatabaseConnection.Setting] + ";Search Path=\"simulated,pg_catalog,public\"";

    public override DateTimeOffset GetUtcNow() => Now;

    public async Task StartAsync()
    {
        await product.ExecuteAsync("""
            create schema simulated;
            create table simulated.clock (at timestamptz not null);
            insert into simulated.clock values (date_trunc('day', now()) + interval '1 day');
            create function simulated.now() returns timestamptz language sql stable as 'select at from simulated.clock';
            create function simulated.clock_timestamp() returns timestamptz language sql stable as 'select at from simulated.clock';
            alter table marketing_ops.publish_jobs alter column created_at set default simulated.now();
            alter table marketing_ops.publish_attempts alter column started_at set default simulated.now();
            """);
        database = NpgsqlDataSource.Create(Address);
        Now = await product.QueryAsync<DateTime>("select at from simulated.clock");
    }

    /// <summary>Moves the clock.</summary>
    public async Task MoveAsync(TimeSpan by)
    {
        Now += by;
        await product.ExecuteAsync("update simulated.clock set at = $1", Now.UtcDateTime);
    }

    public async ValueTask DisposeAsync()
    {
        if (database is not null) await database.DisposeAsync();
    }
}
