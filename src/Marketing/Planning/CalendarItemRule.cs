using Marketing.Data;
using Marketing.Resources;
using Microsoft.EntityFrameworkCore;

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
        var calendar = await write.Database.ContentCalendars.AsNoTracking().FirstOrDefaultAsync(calendar => calendar.Id == row.CalendarId, cancellationToken);
        if (calendar is not null && (row.ScheduledDate < calendar.StartDate || row.ScheduledDate > calendar.EndDate))
            write.Refuse("scheduled_date", "outside_calendar",
                $"scheduled_date must lie within the calendar {calendar.CalendarId}: {calendar.StartDate?.ToString("yyyy-MM-dd") ?? "open"} to {calendar.EndDate?.ToString("yyyy-MM-dd") ?? "open"}.");
    }
}
