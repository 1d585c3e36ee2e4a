using System.Text.Json.Nodes;
using NCrontab;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>Runs a timer-triggered function at the times of its NCRONTAB schedule of six fields, in UTC, never beside itself.</summary>
internal sealed class TimerTrigger(Function function, InvokeHandler invoke, TimeProvider clock)
{
    private readonly CrontabSchedule schedule = CrontabSchedule.Parse(function.Text("schedule")!, new CrontabSchedule.ParseOptions { IncludingSeconds = true });

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var now = clock.GetUtcNow();
                var next = new DateTimeOffset(schedule.GetNextOccurrence(now.UtcDateTime), TimeSpan.Zero);
                await Task.Delay(next - now, clock, cancellationToken);
                await invoke.RunAsync(
                    function.Name,
                    new JsonObject { [function.Binding] = new JsonObject { ["Schedule"] = new JsonObject { ["AdjustForDST"] = true }, ["ScheduleStatus"] = null, ["IsPastDue"] = false } },
                    [],
                    cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }
}
