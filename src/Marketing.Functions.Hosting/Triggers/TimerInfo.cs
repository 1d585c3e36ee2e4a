namespace Marketing.Functions.Hosting;

/// <summary>What the host says of a timer's run.</summary>
public sealed class TimerInfo
{
    /// <summary>Last and next runs; null when the host does not monitor the schedule.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>True when the run was missed and is caught up now.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>Runs of a monitored timer.</summary>
public sealed class ScheduleStatus
{
    /// <summary>Last run; the year 1 when there was none.</summary>
    public DateTimeOffset Last { get; set; }

    /// <summary>Next run.</summary>
    public DateTimeOffset Next { get; set; }

    /// <summary>When this was written.</summary>
    public DateTimeOffset LastUpdated { get; set; }
}
