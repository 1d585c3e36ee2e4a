using Marketing.Social.Insights;

namespace Marketing.Tests.Social;

public sealed class ReadScheduleTests
{
    private static readonly DateTimeOffset Published = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_post_is_read_often_while_it_is_young_and_rarely_when_it_is_old()
    {
        var (at, reads) = (Published, new List<DateTimeOffset>());
        while (ReadSchedule.Next("instagram", "post", Published, at, 0.5) is { } next)
        {
            Assert.True(next > at);
            reads.Add(at = next);
        }
        int Within(double days) => reads.Count(read => read - Published <= TimeSpan.FromDays(days));
        // 24 an hour apart; then 16 three hours and 12 eight hours apart; then 23 days; then 9 weeks.
        Assert.Equal((24, 24 + 16 + 12, 24 + 16 + 12 + 23, 24 + 16 + 12 + 23 + 9), (Within(1), Within(7), Within(30), Within(100)));
        Assert.InRange(reads.Count, 90, 130);
        Assert.InRange(reads[^1] - Published, TimeSpan.FromDays(700), TimeSpan.FromDays(770));
    }

    [Fact]
    public void A_story_is_read_last_before_its_figures_end()
    {
        var (at, last) = (Published, Published);
        while (ReadSchedule.Next("instagram", "story", Published, at, 0) is { } next) last = at = next;
        Assert.Equal(Published.AddHours(23.5), last);
    }

    [Fact]
    public void Where_each_read_costs_there_are_fewer()
    {
        Assert.Equal(TimeSpan.FromHours(4), ReadSchedule.Next("twitter", "post", Published, Published, 0.5) - Published);
        Assert.Equal(TimeSpan.FromHours(12), ReadSchedule.Next("youtube", "video", Published, Published, 0.5) - Published);
    }

    [Theory]
    [InlineData(75, 1000, "0.0750")]
    [InlineData(1, 3, "0.3333")]
    [InlineData(500, 10, "9.9999")]
    [InlineData(0, 10, "0")]
    public void The_engagement_rate_is_a_fraction_that_fits_its_column(long engagement, long seen, string rate) =>
        Assert.Equal(decimal.Parse(rate, System.Globalization.CultureInfo.InvariantCulture), EngagementRate.Of(engagement, seen));

    [Fact]
    public void Without_anybody_who_saw_it_there_is_no_rate()
    {
        Assert.Null(EngagementRate.Of(5, 0));
        Assert.Null(EngagementRate.Of(5, null));
        Assert.Null(EngagementRate.Of(null, 10));
    }
}
