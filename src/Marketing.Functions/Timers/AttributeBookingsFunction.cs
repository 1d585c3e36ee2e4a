using Marketing.Attribution;

namespace Marketing.Functions.Timers;

/// <summary>Attributes new and changed bookings, every five minutes.</summary>
public sealed class AttributeBookingsFunction(AttributeBookings attribute)
{
    [Function("attribute_bookings")]
    public Task RunAsync([TimerTrigger("20 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => attribute.RunAsync(cancellationToken);
}
