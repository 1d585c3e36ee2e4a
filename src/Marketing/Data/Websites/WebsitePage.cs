namespace Marketing.Data;

/// <summary>One row of <c>marketing.website_pages</c>: Individual pages on websites.</summary>
public sealed class WebsitePage
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Website.</summary>
    public Guid WebsiteId { get; set; }

    /// <summary>Content.</summary>
    public Guid? ContentId { get; set; }

    /// <summary>URL path.</summary>
    public string PagePath { get; set; } = null!;

    /// <summary>Page title.</summary>
    public string PageTitle { get; set; } = null!;

    /// <summary>Meta description.</summary>
    public string? MetaDescription { get; set; }

    /// <summary>Keywords.</summary>
    public string[]? MetaKeywords { get; set; }

    /// <summary>Type: landing, blog, property, about.</summary>
    public string? PageType { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Published.</summary>
    public DateTimeOffset? PublishedAt { get; set; }

    /// <summary>Total views.</summary>
    public int? PageViews { get; set; }

    /// <summary>Conversions.</summary>
    public int? Conversions { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
