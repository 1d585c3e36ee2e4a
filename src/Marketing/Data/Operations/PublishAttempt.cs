namespace Marketing.Data;

/// <summary>One step tried against a platform, recorded before and after.</summary>
public sealed class PublishAttempt
{
    /// <summary>Primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>The post.</summary>
    public Guid PostId { get; set; }

    /// <summary>Counts from 1 within the post.</summary>
    public int Number { get; set; }

    /// <summary>submit, poll, finalise, reconcile or confirm.</summary>
    public string Step { get; set; } = null!;

    /// <summary>started, succeeded, waiting, retry, refused or unconfirmed.</summary>
    public string State { get; set; } = null!;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it ended; null while it runs or when its worker died.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>What came back, in words. Never a token.</summary>
    public string? Detail { get; set; }

    /// <summary>The container or post of the platform that the step made or asked about.</summary>
    public string? ExternalId { get; set; }

    /// <summary>When the next step is due; null when there is none or it follows at once.</summary>
    public DateTimeOffset? NextAt { get; set; }
}
