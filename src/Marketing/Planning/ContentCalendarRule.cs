using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Planning;

/// <summary>Rules of <c>content_calendars</c>.</summary>
internal sealed class ContentCalendarRule : IWriteRule<ContentCalendar>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<ContentCalendar> write, CancellationToken cancellationToken)
    {
        if (write.Kind != WriteKind.Delete) write.EndsAfterStart("start_date", write.Row.StartDate, "end_date", write.Row.EndDate);
        return Task.CompletedTask;
    }
}
