using System.Text.Json;
using CsCheck;
using Marketing.Attribution;

namespace Marketing.Tests.Attribution;

public sealed class AttributionModelTests
{
    private static readonly DateTimeOffset BookedAt = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Weights_add_up_to_one_and_parts_to_the_revenue_to_the_cent_in_every_model()
    {
        Gen.Select(Gen.Long[0, 99_999_999_99], Gen.Double[0, 90].Array[1, 60], Gen.Double[0.1, 365]).Sample((cents, ages, halfLife) =>
        {
            var options = new AttributionOptions { VisitMinutes = 0 };
            var journey = new Journey(Guid.Empty, Guid.Empty, BookedAt, cents / 100m, "EUR");
            foreach (var age in ages.OrderDescending()) journey.Add(new Touch(BookedAt.AddDays(-age), "click", "email", null, null), options);
            foreach (var (model, touchpoints) in journey.Attribute(halfLife))
            {
                using var json = JsonDocument.Parse(touchpoints);
                var parts = json.RootElement.EnumerateArray().Select(part => (Weight: part.GetProperty("weight").GetDecimal(), Revenue: part.GetProperty("revenue").GetDecimal())).ToList();
                Assert.Equal(1m, parts.Sum(part => part.Weight));
                Assert.Equal(cents / 100m, parts.Sum(part => part.Revenue));
                Assert.All(parts, part => Assert.True(part is { Weight: >= 0, Revenue: >= 0 }, model));
            }
        }, iter: 500, threads: 1);
    }

    [Theory]
    [InlineData("first_touch", "10 5 1", "1 0 0")]
    [InlineData("last_touch", "10 5 1", "0 0 1")]
    [InlineData("linear", "10 5 1", "0.333334 0.333333 0.333333")]
    [InlineData("time_decay", "14 7 0", "0.142857 0.285714 0.571429")]
    [InlineData("position_based", "10", "1")]
    [InlineData("position_based", "10 1", "0.5 0.5")]
    [InlineData("position_based", "10 5 1", "0.4 0.2 0.4")]
    [InlineData("position_based", "10 8 6 1", "0.4 0.1 0.1 0.4")]
    public void Each_model_weighs_as_its_name_says(string model, string ages, string weights)
    {
        var days = ages.Split(' ').Select(Number).ToArray();
        var (raw, parts) = (new double[days.Length], new long[days.Length]);
        AttributionModel.Weigh(model, days, halfLifeDays: 7, raw);
        Apportion.Run(1_000_000, raw, parts);
        Assert.Equal(weights.Split(' ').Select(Number), parts.Select(part => part / 1_000_000d));
    }

    [Fact]
    public void A_journey_keeps_the_first_and_the_latest_touches_and_counts_a_visit_once()
    {
        var options = new AttributionOptions { MostTouches = 3, VisitMinutes = 30 };
        var journey = new Journey(Guid.Empty, Guid.Empty, BookedAt, 100, "EUR");
        // Ten minutes apart: one visit, however long it lasts.
        for (var minute = 0; minute < 120; minute += 10) journey.Add(new Touch(BookedAt.AddDays(-9).AddMinutes(minute), "click", "email", null, null), options);
        Assert.Single(journey.Touches);
        for (var day = 8; day >= 1; day--) journey.Add(new Touch(BookedAt.AddDays(-day), "click", "email", null, null), options);
        Assert.Equal([9, 2, 1], journey.Touches.Select(touch => (int)(BookedAt - touch.At).TotalDays));
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
