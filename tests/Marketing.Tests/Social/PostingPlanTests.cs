using Marketing.Social.Slots;

namespace Marketing.Tests.Social;

public sealed class PostingPlanTests
{
    private static readonly TimeZoneInfo Lisbon = TimeZoneInfo.FindSystemTimeZoneById("Europe/Lisbon");
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    [Theory]
    [InlineData("Europe/Lisbon", "2027-03-28", "00:30", "2027-03-28T00:30:00Z")] // before the gap
    [InlineData("Europe/Lisbon", "2027-03-28", "01:30", "2027-03-28T01:30:00Z")] // skipped: 02:30 on the wall
    [InlineData("Europe/Lisbon", "2027-03-28", "02:30", "2027-03-28T01:30:00Z")]
    [InlineData("Europe/Lisbon", "2026-10-25", "01:30", "2026-10-25T00:30:00Z")] // comes twice: the first
    [InlineData("Europe/Lisbon", "2026-10-25", "02:30", "2026-10-25T02:30:00Z")]
    [InlineData("America/New_York", "2027-03-14", "02:30", "2027-03-14T07:30:00Z")]
    [InlineData("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00Z")] // a gap of half an hour
    [InlineData("Asia/Kathmandu", "2028-02-29", "09:00", "2028-02-29T03:15:00Z")] // a leap day
    public void A_time_on_the_wall_is_the_right_instant_on_every_day(string zone, string day, string time, string instant) => Assert.Equal(
        DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture),
        LocalTime.ToInstant(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Fact]
    public void A_slot_keeps_its_wall_clock_time_across_both_changes_of_a_year()
    {
        var plan = Plan(NewYork, Enumerable.Range(1, 7).Select(day => (day, new TimeOnly(9, 30))));
        var slots = plan.Free(At("2026-01-01T00:00:00Z"), (null, null), []).Take(360).ToList();
        Assert.All(slots, slot => Assert.Equal(new TimeSpan(9, 30, 0), TimeZoneInfo.ConvertTime(slot, NewYork).TimeOfDay));
        Assert.Equal(360, slots.Select(slot => LocalTime.Day(slot, NewYork)).Distinct().Count());
    }

    [Fact]
    public void Two_times_that_a_gap_makes_one_are_one_slot()
    {
        var plan = Plan(Lisbon, [(7, new TimeOnly(1, 30)), (7, new TimeOnly(2, 30))]);
        Assert.Equal([At("2027-03-28T01:30:00Z")], plan.Free(At("2027-03-27T12:00:00Z"), (null, new DateOnly(2027, 3, 28)), []));
    }

    [Fact]
    public void Taken_times_blackouts_and_the_campaigns_days_are_left_out()
    {
        var plan = Plan(Lisbon, Enumerable.Range(1, 7).Select(day => (day, new TimeOnly(12, 0)))) with
        {
            Blackouts = [(At("2026-12-24T00:00:00Z"), At("2026-12-27T00:00:00Z"))],
            MinGap = TimeSpan.FromHours(2),
        };
        var free = plan.Free(At("2026-12-20T00:00:00Z"), (new DateOnly(2026, 12, 22), new DateOnly(2026, 12, 28)), [At("2026-12-23T13:30:00Z")]).ToList();
        Assert.Equal(["2026-12-22", "2026-12-27", "2026-12-28"], free.Select(slot => slot.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void An_account_without_posting_times_has_no_slot() => Assert.Empty(Plan(Lisbon, []).Free(At("2026-12-20T00:00:00Z"), (null, null), []));

    private static PostingPlan Plan(TimeZoneInfo zone, IEnumerable<(int, TimeOnly)> slots) => new(zone, [.. slots], [], TimeSpan.Zero);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
