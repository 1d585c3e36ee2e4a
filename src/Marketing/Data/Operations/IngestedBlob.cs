namespace Marketing.Data;

/// <summary>One uploaded blob and the asset that it became. The key is the deduplication.</summary>
public sealed class IngestedBlob
{
    /// <summary>Container of the blob.</summary>
    public string Container { get; set; } = null!;

    /// <summary>Name of the blob.</summary>
    public string BlobName { get; set; } = null!;

    /// <summary>Row of marketing.content_library that the blob became.</summary>
    public Guid AssetId { get; set; }

    /// <summary>ETag that was ingested last, or is being ingested.</summary>
    public string ETag { get; set; } = null!;

    /// <summary>SHA-256 of the content.</summary>
    public byte[]? Sha256 { get; set; }

    /// <summary>processing, active or error.</summary>
    public string State { get; set; } = null!;

    /// <summary>Why it is in error, or what was passed over.</summary>
    public string? Reason { get; set; }

    /// <summary>Until when a worker holds it.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>Which worker holds it.</summary>
    public Guid? LeaseToken { get; set; }

    /// <summary>Renditions as JSON: [{"preset", "format", "url", "width", "height", "bytes"}].</summary>
    public string? Renditions { get; set; }

    /// <summary>When it was first seen.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the last ingest ended.</summary>
    public DateTimeOffset? FinishedAt { get; set; }
}
