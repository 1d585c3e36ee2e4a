using CsCheck;
using Marketing.Campaigns.Sending;
using Marketing.Campaigns.Sending.Limits;

namespace Marketing.Tests.Campaigns.Sending;

public sealed class QuietHoursTests
{
    private static readonly QuietHours Night = new(new TimeOnly(21, 0), new TimeOnly(8, 0));

    [Theory]
    [InlineData("PT", "2026-06-01T20:30:00Z", "2026-06-02T08:00:00Z")] // 21:30 in Lisbon; both zones are awake from 8:00 on the Azores
    [InlineData("DE", "2026-01-15T19:59:00Z", "2026-01-15T19:59:00Z")] // 20:59 in Berlin
    [InlineData("DE", "2026-01-15T20:00:00Z", "2026-01-16T07:00:00Z")] // 21:00 in Berlin until 8:00
    [InlineData("DE", "2026-01-15T03:00:00Z", "2026-01-15T07:00:00Z")] // the small hours of the same day
    [InlineData("JP", "2026-01-15T12:00:00Z", "2026-01-15T23:00:00Z")]
    [InlineData("US", "2026-01-15T13:00:00Z", "2026-01-15T16:00:00Z")] // 8:00 in New York, 5:00 in Los Angeles
    [InlineData(null, "2026-01-15T22:00:00Z", "2026-01-16T08:00:00Z")] // the fallback: UTC
    [InlineData("XX", "2026-01-15T22:00:00Z", "2026-01-16T08:00:00Z")]
    public void A_message_waits_until_its_reader_is_awake(string? country, string at, string expected)
    {
        var next = Night.Next(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), ContactZone.Of(country, "UTC"));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), next);
    }

    [Fact]
    public void An_end_that_the_clock_leaves_out_is_the_hour_after_it()
    {
        // In Berlin the clock goes from 2:00 to 3:00 on 29 March 2026.
        var quiet = new QuietHours(new TimeOnly(0, 0), new TimeOnly(2, 30));
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero), quiet.Next(new DateTimeOffset(2026, 3, 29, 0, 30, 0, TimeSpan.Zero), ContactZone.Of("DE", "UTC")));
    }

    [Fact]
    public void The_next_time_is_never_earlier_never_quiet_and_within_two_days() =>
        Gen.Select(Gen.Int[0, 2 * 365 * 24 * 60].Select(minute => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute)), Gen.OneOfConst("DE", "PT", "US", "JP", "AU", "BR", null), Gen.Int[0, 1439], Gen.Int[1, 600]).Sample((at, country, from, minutes) =>
        {
            var start = new TimeOnly(from / 60, from % 60);
            var quiet = new QuietHours(start, start.AddMinutes(minutes));
            var zones = ContactZone.Of(country, "UTC");
            var next = quiet.Next(at, zones);
            Assert.InRange(next, at, at.AddDays(2));
            Assert.Equal(next, quiet.Next(next, [zones[0]]));
        }, iter: 20_000);

    [Fact]
    public void Equal_times_are_no_quiet_hours()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(at, new QuietHours(default, default).Next(at, [TimeZoneInfo.Utc]));
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(2, 500)]
    [InlineData(3, null)]
    public void A_new_sender_warms_up_day_by_day(int day, int? messages) => Assert.Equal(messages, BucketsOf.WarmUpOf([50, 100, 500], day));

    [Fact]
    public void Settings_that_cannot_work_say_what_would()
    {
        Assert.Null(new SendingOptions().Problem());
        Assert.Contains("https", new SendingOptions { SendGrid = { Address = new Uri("http://api.sendgrid.com/") } }.Problem(), StringComparison.Ordinal);
        Assert.Contains("https", new SendingOptions { Azure = { Endpoint = new Uri("http://name.europe.communication.azure.com/") } }.Problem(), StringComparison.Ordinal);
        Assert.Null(new SendingOptions { SendGrid = { Address = new Uri("http://127.0.0.1:9000/") } }.Problem());
        Assert.Contains("AnswerWithin", new SendingOptions { AnswerWithin = TimeSpan.FromSeconds(30) }.Problem(), StringComparison.Ordinal);
        Assert.Contains("TimeZone", new SendingOptions { TimeZone = "Mars" }.Problem(), StringComparison.Ordinal);
        Assert.Contains("ContactCap", new SendingOptions { ContactCap = -1 }.Problem(), StringComparison.Ordinal);
    }
}
