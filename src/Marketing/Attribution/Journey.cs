using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Marketing.Attribution;

/// <summary>One touch of a guest.</summary>
internal sealed record Touch(DateTimeOffset At, string Kind, string Channel, string? Source, Guid? CampaignId);

/// <summary>A booking and the touches that led to it, in the order of time. However many there are, only the first and the latest are held.</summary>
internal sealed class Journey(Guid reservationId, Guid? contactId, DateTimeOffset bookedAt, decimal revenue, string currency)
{
    private const int WeightUnits = 1_000_000;

    private readonly List<Touch> touches = [];
    private Touch? previous;

    /// <summary>The booking.</summary>
    public Guid ReservationId => reservationId;

    /// <summary>The guest.</summary>
    public Guid? ContactId => contactId;

    /// <summary>When it was booked.</summary>
    public DateTimeOffset BookedAt => bookedAt;

    /// <summary>What it earns as it stands; zero when it was cancelled or refunded.</summary>
    public decimal Revenue { get; } = Math.Max(0, Math.Round(revenue, 2, MidpointRounding.AwayFromZero));

    /// <summary>ISO 4217 code.</summary>
    public string Currency => currency;

    /// <summary>The touches that count.</summary>
    public IReadOnlyList<Touch> Touches => touches;

    /// <summary>What the booking was when it was read; another value has it attributed anew.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The latest campaign that touched the guest; null for none, or when nothing was earned.</summary>
    public Guid? ConvertingCampaign => Revenue > 0 ? touches.LastOrDefault(touch => touch.CampaignId is not null)?.CampaignId : null;

    /// <summary>Adds the next touch, unless it belongs to the visit before it.</summary>
    public void Add(Touch touch, AttributionOptions options)
    {
        var isSameVisit = previous is not null && touch.At - previous.At <= TimeSpan.FromMinutes(options.VisitMinutes) && (touch with { At = previous.At }) == previous;
        previous = touch;
        if (isSameVisit) return;
        if (touches.Count == options.MostTouches) touches.RemoveAt(1);
        touches.Add(touch);
    }

    /// <summary>The column <c>touchpoints</c> of each model: every touch with its weight, and its part of the revenue to the cent.</summary>
    public IEnumerable<(string Model, string Touchpoints)> Attribute(double halfLifeDays)
    {
        if (touches.Count == 0) yield break;
        var beginnings = touches.ConvertAll(Beginning);
        var ages = touches.ConvertAll(touch => (bookedAt - touch.At).TotalDays).ToArray();
        var (weights, shares, cents) = (new double[ages.Length], new long[ages.Length], new long[ages.Length]);
        var json = new StringBuilder(beginnings.Sum(text => text.Length + 48));
        foreach (var model in AttributionModel.All)
        {
            AttributionModel.Weigh(model, ages, halfLifeDays, weights);
            Apportion.Run(WeightUnits, weights, shares);
            Apportion.Run((long)(Revenue * 100), weights, cents);
            json.Clear().Append('[');
            for (var i = 0; i < beginnings.Count; i++)
                json.Append(i == 0 ? "" : ",").Append(beginnings[i]).Append(CultureInfo.InvariantCulture, $",\"weight\":{shares[i] / (decimal)WeightUnits},\"revenue\":{cents[i] / 100m}}}");
            yield return (model, json.Append(']').ToString());
        }
    }

    private static string Beginning(Touch touch)
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("at", touch.At.UtcDateTime);
            json.WriteString("kind", touch.Kind);
            json.WriteString("channel", touch.Channel);
            if (touch.Source is not null) json.WriteString("source", touch.Source);
            if (touch.CampaignId is { } campaign) json.WriteString("campaign_id", campaign);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
