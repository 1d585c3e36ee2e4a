namespace Marketing.Social.Slots;

/// <summary>Wall-clock times of a zone as instants, on the days too when clocks change.</summary>
internal static class LocalTime
{
    /// <summary>
    /// The instant at which a clock on the wall shows the time. A time that is skipped in spring is the instant that it would have been without
    /// the change, one gap later on the wall; a time that comes twice in autumn is the first of the two.
    /// </summary>
    public static DateTimeOffset ToInstant(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time, DateTimeKind.Unspecified);
        // Of a skipped time the zone tells the offset before the change.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(DateTime.SpecifyKind(local - offset, DateTimeKind.Utc));
    }

    /// <summary>The day that a calendar of the zone shows.</summary>
    public static DateOnly Day(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
