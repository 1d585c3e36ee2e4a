using Marketing.Data;
using Marketing.Identity;

namespace Marketing.Resources;

/// <summary>What a table's place in the model does not say.</summary>
/// <param name="Entity">Entity class of the table.</param>
public sealed record ResourceDescription(Type Entity)
{
    /// <summary>Scope that writing needs.</summary>
    public string WriteScope { get; init; } = Scopes.Write;

    /// <summary>Columns that never leave: secrets.</summary>
    public IReadOnlyList<string> WriteOnly { get; init; } = [];

    /// <summary>Columns that only the product writes, besides keys, business ids and timestamps.</summary>
    public IReadOnlyList<string> ReadOnly { get; init; } = [];

    /// <summary>A row is changed only by a caller that shows which version it has read (<c>If-Match</c>).</summary>
    public bool DemandsIfMatch { get; init; }

    /// <summary>Columns that <c>q</c> searches, the weightiest first, at most four weights; empty when the table is not searched.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>The 24 tables. Everything else about them comes from the model.</summary>
    public static IReadOnlyList<ResourceDescription> All { get; } =
    [
        new(typeof(ContentPiece)) { ReadOnly = ["version", "word_count", "reading_time_min"], Search = ["title", "excerpt", "tags", "content_body"] },
        new(typeof(ContentVersion)),
        new(typeof(LibraryAsset)) { Search = ["filename", "alt_text", "caption", "tags", "ai_tags", "ai_description"] },
        new(typeof(PropertyContent)),
        new(typeof(ContentUsage)),
        new(typeof(ContentComponent)),
        new(typeof(ContentStrategy)) { DemandsIfMatch = true },
        new(typeof(ContentCalendar)),
        new(typeof(CalendarItem)),
        new(typeof(Campaign)) { Search = ["campaign_name", "goal"] },
        new(typeof(CampaignEvent)),
        new(typeof(Segment)) { Search = ["segment_name", "description"] },
        new(typeof(SegmentMember)),
        new(typeof(SocialAccount)) { WriteOnly = ["access_token"] },
        new(typeof(SocialPost)) { ReadOnly = ["approval_status", "approved_by"], Search = ["caption", "hashtags"] },
        new(typeof(SocialAnalytics)),
        new(typeof(SocialAccountMetrics)),
        new(typeof(Website)),
        new(typeof(WebsitePage)) { Search = ["page_title", "page_path", "meta_description"] },
        new(typeof(BookingAttribution)),
        new(typeof(RefContentType)) { WriteScope = Scopes.Admin },
        new(typeof(RefSocialPlatform)) { WriteScope = Scopes.Admin },
        new(typeof(RefCampaignType)) { WriteScope = Scopes.Admin },
        new(typeof(RefSegmentCriterion)) { WriteScope = Scopes.Admin },
    ];
}
