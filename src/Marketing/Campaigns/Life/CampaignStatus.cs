namespace Marketing.Campaigns.Life;

/// <summary>
/// The life of a campaign, column <c>campaigns.status</c>.
/// <code>
///   draft ──schedule──► scheduled ──(its time)──► active ◄──resume── paused
///     │  ▲                  │                      │ └────pause──────► │
///     │  └──────────────────┘ (taken back)         └──────► completed ◄┘
///     └──start──► active          every state before completed ──cancel──► cancelled
/// </code>
/// A campaign that sends email moves by its endpoints alone, which look at it first; another kind is moved by whoever runs it.
/// </summary>
internal static class CampaignStatus
{
    /// <summary>Being written.</summary>
    public const string Draft = "draft";

    /// <summary>Starts by itself at its time.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>Is being sent.</summary>
    public const string Active = "active";

    /// <summary>Sends nothing until it is resumed.</summary>
    public const string Paused = "paused";

    /// <summary>Everything was sent.</summary>
    public const string Completed = "completed";

    /// <summary>Sends nothing any more.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The states that may follow a state.</summary>
    public static IReadOnlyList<string> After(string status) => status switch
    {
        Draft => [Scheduled, Active, Cancelled],
        Scheduled => [Draft, Active, Cancelled],
        Active => [Paused, Completed, Cancelled],
        Paused => [Active, Completed, Cancelled],
        _ => [],
    };

    /// <summary>Where an action leads from a state; null when it may not be done there.</summary>
    public static string? Next(string status, CampaignAction action) => (status, action) switch
    {
        (Draft or Scheduled, CampaignAction.Schedule) => Scheduled,
        (Draft or Scheduled, CampaignAction.Start) => Active,
        (Active, CampaignAction.Pause) => Paused,
        (Paused, CampaignAction.Resume) => Active,
        (Draft or Scheduled or Active or Paused, CampaignAction.Cancel) => Cancelled,
        _ => null,
    };

    /// <summary>States from which an action may be done.</summary>
    public static IEnumerable<string> Before(CampaignAction action) => new[] { Draft, Scheduled, Active, Paused, Completed, Cancelled }.Where(status => Next(status, action) is not null);
}

/// <summary>What may be done with a campaign.</summary>
internal enum CampaignAction { Schedule, Start, Pause, Resume, Cancel }
