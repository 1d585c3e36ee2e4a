namespace Marketing.Data;

/// <summary>One row of <c>marketing.content_library</c>: Central file/asset repository for all media. Referenced by property_content for property associations.</summary>
public sealed class LibraryAsset
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: ASSET-NNNNNN.</summary>
    public string AssetId { get; set; } = null!;

    /// <summary>Original filename.</summary>
    public string Filename { get; set; } = null!;

    /// <summary>Type: image, video, document, audio.</summary>
    public string AssetType { get; set; } = null!;

    /// <summary>MIME type.</summary>
    public string? MimeType { get; set; }

    /// <summary>Storage URL.</summary>
    public string FileUrl { get; set; } = null!;

    /// <summary>Thumbnail URL.</summary>
    public string? ThumbnailUrl { get; set; }

    /// <summary>File size.</summary>
    public long? FileSizeBytes { get; set; }

    /// <summary>{"width": 1920, "height": 1080}, as JSON text.</summary>
    public string? Dimensions { get; set; }

    /// <summary>Video/audio duration.</summary>
    public int? DurationSeconds { get; set; }

    /// <summary>Accessibility alt text.</summary>
    public string? AltText { get; set; }

    /// <summary>Default caption.</summary>
    public string? Caption { get; set; }

    /// <summary>Searchable tags.</summary>
    public string[]? Tags { get; set; }

    /// <summary>AI-generated tags.</summary>
    public string[]? AiTags { get; set; }

    /// <summary>AI-generated description.</summary>
    public string? AiDescription { get; set; }

    /// <summary>Extracted colors, as JSON text.</summary>
    public string? ColorPalette { get; set; }

    /// <summary>{"x": 0.5, "y": 0.3}, as JSON text.</summary>
    public string? FocalPoint { get; set; }

    /// <summary>landscape, portrait, square.</summary>
    public string? Orientation { get; set; }

    /// <summary>License info.</summary>
    public string? LicenseType { get; set; }

    /// <summary>Where asset came from.</summary>
    public string? Source { get; set; }

    /// <summary>Photographer credit.</summary>
    public string? Photographer { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Who uploaded.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
