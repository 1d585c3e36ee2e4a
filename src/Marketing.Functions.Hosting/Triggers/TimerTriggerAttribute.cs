namespace Marketing.Functions.Hosting;

/// <summary>Starts a function by the clock. Same shape as the attribute of the isolated worker.</summary>
/// <param name="schedule">NCRONTAB with six fields, in UTC: second, minute, hour, day, month, day of week.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    /// <summary>When it runs.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Also at every start of the host. Not for production: every scale-out would run it.</summary>
    public bool RunOnStartup { get; set; }

    /// <summary>Remember the last run, so that a missed one is caught up. The host ignores it below one minute.</summary>
    public bool UseMonitor { get; set; } = true;
}
