using System.ComponentModel.DataAnnotations;

namespace Marketing.Segments.Refresh;

/// <summary>How segments refresh themselves, section <c>Segments</c>.</summary>
public sealed class SegmentOptions
{
    /// <summary>Minutes between refreshes of a segment with auto_refresh.</summary>
    [Range(1, 10_080, ErrorMessage = "Segments:RefreshMinutes must be from 1 to 10080. Example: 15")]
    public int RefreshMinutes { get; set; } = 15;

    /// <summary>Hours after which a segment is refreshed in full in any case: rows of other teams may have been deleted, which no column tells.</summary>
    [Range(1, 720, ErrorMessage = "Segments:FullRefreshHours must be from 1 to 720. Example: 24")]
    public int FullRefreshHours { get; set; } = 24;

    /// <summary>Minutes that a writer of contacts or reservations may take from the time it writes into updated_at until it commits.</summary>
    [Range(0, 1440, ErrorMessage = "Segments:OverlapMinutes must be from 0 to 1440. Example: 10")]
    public int OverlapMinutes { get; set; } = 10;

    /// <summary>Changed contacts beyond which a full refresh is the shorter way.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Segments:MaxChangedContacts must be from 1 to 1000000. Example: 20000")]
    public int MaxChangedContacts { get; set; } = 20_000;
}
