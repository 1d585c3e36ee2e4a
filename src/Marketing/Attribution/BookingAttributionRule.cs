using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Attribution;

/// <summary>Rules of <c>attribution</c>: the first touch is not after the last, and revenue is not negative.</summary>
internal sealed class BookingAttributionRule : IWriteRule<BookingAttribution>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<BookingAttribution> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        if (write.Row.LastTouchDate < write.Row.FirstTouchDate) write.Refuse("last_touch_date", "ends_before_start", "last_touch_date must not be before first_touch_date.");
        write.NotNegative("revenue_attributed", write.Row.RevenueAttributed);
        return Task.CompletedTask;
    }
}
