using Marketing.Attribution.Exports;

namespace Marketing.Functions.Timers;

/// <summary>Tells advertising platforms of bookings that marketing brought, every five minutes.</summary>
public sealed class ExportConversionsFunction(ExportConversions export)
{
    [Function("export_conversions")]
    public Task RunAsync([TimerTrigger("50 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => export.RunAsync(cancellationToken);
}
