namespace Marketing.Campaigns.Sending.Limits;

/// <summary>Hours of the day in which nobody is written to, by the clock of the reader.</summary>
/// <param name="From">Their start, of the wall clock.</param>
/// <param name="Until">Their end; before <paramref name="From"/> when they go over midnight; equal to it for none.</param>
internal sealed record QuietHours(TimeOnly From, TimeOnly Until)
{
    // Three passes suffice for zones of one country; a rule that never lets go must still end.
    private const int MostPasses = 8;

    /// <summary>When a message may go: the given time, or the end of the quiet hours it falls into.</summary>
    /// <param name="at">When it would go.</param>
    /// <param name="zones">Zones in which the reader may be: all of them must be awake. When no hour suits all, the first counts.</param>
    public DateTimeOffset Next(DateTimeOffset at, IReadOnlyList<TimeZoneInfo> zones)
    {
        if (From == Until) return at;
        var next = at;
        for (var pass = 0; pass < MostPasses; pass++)
        {
            var before = next;
            foreach (var zone in zones) next = Next(next, zone);
            if (next == before) return next;
        }
        return Next(at, zones[0]);
    }

    private DateTimeOffset Next(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        if (!TimeOnly.FromDateTime(local).IsBetween(From, Until)) return at;
        var end = DateOnly.FromDateTime(local).ToDateTime(Until);
        if (end <= local) end = end.AddDays(1);
        // In spring the end may be an hour that the clock leaves out: it is then the hour after.
        while (zone.IsInvalidTime(end)) end = end.AddMinutes(15);
        var instant = new DateTimeOffset(end, zone.GetUtcOffset(end));
        return instant > at ? instant : at;
    }
}
