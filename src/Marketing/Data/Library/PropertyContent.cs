namespace Marketing.Data;

/// <summary>One row of <c>marketing.property_content</c>: Join table linking properties to content assets with display order and hero flags.</summary>
public sealed class PropertyContent
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Property.</summary>
    public Guid PropertyId { get; set; }

    /// <summary>Asset.</summary>
    public Guid LibraryAssetId { get; set; }

    /// <summary>Display order.</summary>
    public int? DisplayOrder { get; set; }

    /// <summary>Hero image.</summary>
    public bool? IsHero { get; set; }

    /// <summary>{"airbnb": 1, "vrbo": 3}, as JSON text.</summary>
    public string? ChannelOrders { get; set; }

    /// <summary>Room association.</summary>
    public string? RoomType { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }
}
