using System.ComponentModel.DataAnnotations;

namespace Marketing.Attribution;

/// <summary>How bookings are attributed, section <c>Attribution</c>. Changing one of them has every booking attributed anew.</summary>
public sealed class AttributionOptions
{
    /// <summary>How many days before the booking a touch still counts.</summary>
    [Range(1, 730, ErrorMessage = "Attribution:LookbackDays must be from 1 to 730. Example: 90")]
    public int LookbackDays { get; set; } = 90;

    /// <summary>Days in which a touch loses half of its weight, in the model time_decay.</summary>
    [Range(0.1, 365, ErrorMessage = "Attribution:HalfLifeDays must be from 0.1 to 365. Example: 7")]
    public double HalfLifeDays { get; set; } = 7;

    /// <summary>Touches of one booking that count: the first and the latest. More are those of a program.</summary>
    [Range(2, 1000, ErrorMessage = "Attribution:MostTouches must be from 2 to 1000. Example: 100")]
    public int MostTouches { get; set; } = 100;

    /// <summary>A touch like the one before it, within so many minutes, is the same visit.</summary>
    [Range(0, 1440, ErrorMessage = "Attribution:VisitMinutes must be from 0 to 1440. Example: 30")]
    public int VisitMinutes { get; set; } = 30;

    /// <summary>States of a booking that earns nothing.</summary>
    public string[] LostStatuses { get; set; } = ["cancelled", "canceled", "declined", "expired"];
}
