using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Planning;

/// <summary>
/// Rules of <c>calendar_items</c>: the day lies within the calendar, the status is one that the map names, and only a published item names
/// its post.
/// </summary>
internal sealed class CalendarItemRule : IWriteRule<CalendarItem>
{
    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<CalendarItem> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return;
        var row = write.Row;
        write.OneOf("status", row.Status, "planned", "created", "scheduled", "published", "cancelled");
        if (!write.Changes(item => item.ScheduledDate) && !write.Changes(item => item.CalendarId)) return;
        var bounds = await write.AskAsync<string?[]>("select array[calendar_id, start_date::text, end_date::text] from marketing.content_calendars where id = $1", cancellationToken, row.CalendarId);
        if (bounds is not [{ } calendar, var start, var end]) return;
        // Dates in ISO form sort as texts.
        var day = row.ScheduledDate.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        if (string.CompareOrdinal(day, start ?? day) < 0 || string.CompareOrdinal(day, end ?? day) > 0)
            write.Refuse("scheduled_date", "outside_calendar", $"scheduled_date must lie within the calendar {calendar}: {start ?? "open"} to {end ?? "open"}.");
    }
}
