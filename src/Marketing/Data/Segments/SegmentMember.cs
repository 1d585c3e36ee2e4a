namespace Marketing.Data;

/// <summary>One row of <c>marketing.segment_members</c>: Members of segments.</summary>
public sealed class SegmentMember
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Segment.</summary>
    public Guid SegmentId { get; set; }

    /// <summary>Contact.</summary>
    public Guid ContactId { get; set; }

    /// <summary>When added.</summary>
    public DateTimeOffset? AddedAt { get; set; }

    /// <summary>How added: manual, rule, import.</summary>
    public string? AddedBy { get; set; }

    /// <summary>When removed.</summary>
    public DateTimeOffset? RemovedAt { get; set; }
}
