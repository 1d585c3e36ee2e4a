namespace Marketing.Data;

/// <summary>Where the publishing of one post stands. The key is the post: a post has one job, however often it is dispatched.</summary>
public sealed class PublishJob
{
    /// <summary>The post.</summary>
    public Guid PostId { get; set; }

    /// <summary>open, published or failed.</summary>
    public string State { get; set; } = null!;

    /// <summary>Platform of the post's account.</summary>
    public string Platform { get; set; } = null!;

    /// <summary>When the next step may run.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>From when a due job is queued again, since the message that was sent for it must be lost.</summary>
    public DateTimeOffset RedispatchAt { get; set; }

    /// <summary>Until when a worker holds it.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>Which worker holds it. Every later write of that worker names it.</summary>
    public Guid? LeaseToken { get; set; }

    /// <summary>The platform's container that was submitted.</summary>
    public string? ContainerId { get; set; }

    /// <summary>What the publisher keeps of it, in the publisher's own form.</summary>
    public string? ContainerState { get; set; }

    /// <summary>When the container was made.</summary>
    public DateTimeOffset? ContainerMadeAt { get; set; }

    /// <summary>The platform's id of the post; unique within the platform.</summary>
    public string? ExternalPostId { get; set; }

    /// <summary>Failures in a row; a step that succeeds sets it to 0.</summary>
    public int Failures { get; set; }

    /// <summary>Reads in a row that did not find an unconfirmed post.</summary>
    public int NegativeReads { get; set; }

    /// <summary>When the last of them was made.</summary>
    public DateTimeOffset? LastNegativeReadAt { get; set; }

    /// <summary>When the post was claimed.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
