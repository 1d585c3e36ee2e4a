namespace Marketing.Data;

/// <summary>One webhook call as it arrived: verified, stored, acknowledged, then processed by a queue function.</summary>
public sealed class WebhookDelivery
{
    /// <summary>Primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Sender: sendgrid, meta.</summary>
    public string Provider { get; set; } = null!;

    /// <summary>When it arrived.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>The body, byte for byte.</summary>
    public byte[] Body { get; set; } = null!;

    /// <summary>SHA-256 of the body: the same body twice is one delivery.</summary>
    public byte[] BodySha256 { get; set; } = null!;

    /// <summary>received, processed or failed.</summary>
    public string State { get; set; } = null!;

    /// <summary>How often processing began.</summary>
    public int Attempts { get; set; }

    /// <summary>Until when a worker holds it.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>Which worker holds it.</summary>
    public Guid? LeaseToken { get; set; }

    /// <summary>When processing ended.</summary>
    public DateTimeOffset? ProcessedAt { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; set; }
}
