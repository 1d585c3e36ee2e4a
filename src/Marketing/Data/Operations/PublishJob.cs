namespace Marketing.Data;

/// <summary>Where the publishing of one post stands.</summary>
public sealed class PublishJob
{
    /// <summary>The post.</summary>
    public Guid PostId { get; set; }

    /// <summary>queued, submitted, published, unconfirmed or failed.</summary>
    public string State { get; set; } = null!;

    /// <summary>When the next step may run.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Until when a worker holds it.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>Which worker holds it.</summary>
    public Guid? LeaseToken { get; set; }

    /// <summary>The platform's container that was submitted.</summary>
    public string? ContainerId { get; set; }

    /// <summary>The platform's id of the post.</summary>
    public string? ExternalPostId { get; set; }

    /// <summary>When the job was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
