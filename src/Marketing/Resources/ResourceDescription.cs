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

    /// <summary>The 24 tables. Everything else about them comes from the model.</summary>
    public static IReadOnlyList<ResourceDescription> All { get; } =
    [
        new(typeof(ContentPiece)) { ReadOnly = ["version", "word_count", "reading_time_min"] },
        new(typeof(ContentVersion)),
        new(typeof(LibraryAsset)),
        new(typeof(PropertyContent)),
        new(typeof(ContentUsage)),
        new(typeof(ContentComponent)),
        new(typeof(ContentStrategy)),
        new(typeof(ContentCalendar)),
        new(typeof(CalendarItem)),
        new(typeof(Campaign)),
        new(typeof(CampaignEvent)),
        new(typeof(Segment)),
        new(typeof(SegmentMember)),
        new(typeof(SocialAccount)) { WriteOnly = ["access_token"] },
        new(typeof(SocialPost)) { ReadOnly = ["approval_status", "approved_by"] },
        new(typeof(SocialAnalytics)),
        new(typeof(SocialAccountMetrics)),
        new(typeof(Website)),
        new(typeof(WebsitePage)),
        new(typeof(BookingAttribution)),
        new(typeof(RefContentType)) { WriteScope = Scopes.Admin },
        new(typeof(RefSocialPlatform)) { WriteScope = Scopes.Admin },
        new(typeof(RefCampaignType)) { WriteScope = Scopes.Admin },
        new(typeof(RefSegmentCriterion)) { WriteScope = Scopes.Admin },
    ];
}
