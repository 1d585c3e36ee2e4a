using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Data;

/// <summary>Says once after the start whether the database fits this build, and what to run when it does not. Requests need not wait for it.</summary>
internal sealed partial class TellSchemaVersion(SchemaVersion schema, ILogger<TellSchemaVersion> log) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host's probe is answered before anything is warmed up.
        await Task.Yield();
        try
        {
            var state = await schema.ReadAsync(stoppingToken);
            if (!state.IsCurrent) LogBehind(state.Sentence);
        }
        catch (Exception exception) when (exception is NpgsqlException or FormatException or TimeoutException)
        {
            LogUnreachable(exception.GetType().Name);
        }
    }

    [LoggerMessage(500, LogLevel.Error, "{Sentence}")]
    private partial void LogBehind(string sentence);

    [LoggerMessage(501, LogLevel.Error, "The database does not answer ({Reason}). Check MARKETING_DATABASE and that the server runs.")]
    private partial void LogUnreachable(string reason);
}
