namespace Marketing.Data;

/// <summary>One row of <c>marketing.websites</c>: Company and property websites.</summary>
public sealed class Website
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: WEB-NNNNNN.</summary>
    public string WebsiteId { get; set; } = null!;

    /// <summary>Property (NULL = company).</summary>
    public Guid? PropertyId { get; set; }

    /// <summary>Website name.</summary>
    public string WebsiteName { get; set; } = null!;

    /// <summary>Domain.</summary>
    public string? Domain { get; set; }

    /// <summary>Platform: wordpress, webflow, custom.</summary>
    public string? Platform { get; set; }

    /// <summary>GA tracking ID.</summary>
    public string? AnalyticsId { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>SSL status.</summary>
    public string? SslStatus { get; set; }

    /// <summary>Content last updated.</summary>
    public DateTimeOffset? LastUpdatedAt { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
