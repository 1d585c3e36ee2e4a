namespace Marketing.Social.Slots;

/// <summary>When an account posts.</summary>
/// <param name="Zone">Zone of its times.</param>
/// <param name="Slots">ISO weekday (1 is Monday) and time of day.</param>
/// <param name="Blackouts">Stretches in which it does not post.</param>
/// <param name="MinGap">Least time between two posts.</param>
internal sealed record PostingPlan(TimeZoneInfo Zone, IReadOnlyList<(int Weekday, TimeOnly At)> Slots, IReadOnlyList<(DateTimeOffset From, DateTimeOffset Until)> Blackouts, TimeSpan MinGap)
{
    /// <summary>How far ahead slots are looked for, in days.</summary>
    public const int HorizonDays = 366;

    private static readonly TimeSpan SameSlot = TimeSpan.FromMinutes(1);

    /// <summary>The free slots after an instant, the earliest first.</summary>
    /// <param name="after">The slots lie after this.</param>
    /// <param name="days">First and last day, in the account's zone, on which they may lie; null for no such end.</param>
    /// <param name="taken">Times of the account's other posts, in order.</param>
    public IEnumerable<DateTimeOffset> Free(DateTimeOffset after, (DateOnly? First, DateOnly? Last) days, IReadOnlyList<DateTimeOffset> taken)
    {
        var gap = MinGap > SameSlot ? MinGap : SameSlot;
        var first = LocalTime.Day(after, Zone);
        if (days.First > first) first = days.First.Value;
        var previous = DateTimeOffset.MinValue;
        for (var day = first; day <= first.AddDays(HorizonDays) && !(day > days.Last); day = day.AddDays(1))
        {
            foreach (var at in Slots.Where(slot => slot.Weekday == Weekday(day)).Select(slot => LocalTime.ToInstant(day, slot.At, Zone)).Order())
            {
                if (at <= after || at - previous < gap || Blackouts.Any(blackout => at >= blackout.From && at < blackout.Until) || IsTaken(taken, at, gap)) continue;
                previous = at;
                yield return at;
            }
        }
    }

    private static bool IsTaken(IReadOnlyList<DateTimeOffset> taken, DateTimeOffset at, TimeSpan gap) => taken.Any(other => (other - at).Duration() < gap);

    private static int Weekday(DateOnly day) => day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;
}
