using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Marketing.Operations.Outbound;
using Microsoft.Extensions.Options;

namespace Marketing.Attribution.Exports;

/// <summary>
/// GA4's Measurement Protocol. It answers 204 whatever it makes of an event, even to a wrong secret, so that <c>sent</c> means no more than that it
/// was handed over. A repeated transaction_id of the same user is dropped there.
/// </summary>
internal sealed class GoogleDestination(JsonHttp http, IOptions<ConversionOptions> options) : IConversionDestination
{
    private const int AtOnce = 4;

    /// <inheritdoc />
    public string Name => "google";

    /// <inheritdoc />
    public bool IsConfigured => options.Value is { GoogleMeasurementId.Length: > 0, GoogleApiSecret.Length: > 0 };

    /// <inheritdoc />
    public bool TakesRefunds => true;

    /// <inheritdoc />
    public TimeSpan MaxAge => TimeSpan.FromHours(72);

    /// <inheritdoc />
    public async Task<IReadOnlyList<ConversionAnswer>> SendAsync(IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
    {
        var answers = new ConversionAnswer[conversions.Count];
        // An event belongs to one client, so each goes by itself.
        await Parallel.ForAsync(0, conversions.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (i, stop) => answers[i] = await SendAsync(conversions[i], stop));
        return answers;
    }

    private async Task<ConversionAnswer> SendAsync(Conversion conversion, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var url = JsonHttp.Address($"{settings.GoogleUrl.TrimEnd('/')}/mp/collect", new("measurement_id", settings.GoogleMeasurementId!), new("api_secret", settings.GoogleApiSecret!));
        var answer = await http.PostJsonAsync(url, Body(conversion).ToJsonString(), bearer: null, cancellationToken);
        return answer.Status switch
        {
            >= 200 and < 300 => new ConversionAnswer(conversion, "sent"),
            >= 400 and < 500 and not 408 and not 429 => new ConversionAnswer(conversion, "rejected", $"Google answered {answer.Status}."),
            _ => new ConversionAnswer(conversion, "queued", $"Google did not answer ({answer})."),
        };
    }

    /// <summary>The event.</summary>
    internal static JsonObject Body(Conversion conversion) => new()
    {
        ["client_id"] = ClientId(conversion.ContactId),
        ["user_id"] = conversion.ContactId.ToString("D"),
        ["timestamp_micros"] = conversion.OccurredAt.ToUnixTimeMilliseconds() * 1000,
        ["consent"] = new JsonObject { ["ad_user_data"] = "GRANTED", ["ad_personalization"] = "DENIED" },
        ["events"] = new JsonArray(new JsonObject
        {
            ["name"] = conversion.IsRefund ? "refund" : "purchase",
            ["params"] = new JsonObject
            {
                ["transaction_id"] = conversion.ReservationId.ToString("D"),
                ["currency"] = conversion.Currency,
                ["value"] = conversion.Value,
                ["engagement_time_msec"] = 100,
                ["items"] = new JsonArray(new JsonObject { ["item_id"] = conversion.PropertyId ?? "property", ["price"] = conversion.Value, ["quantity"] = 1 }),
            },
        }),
    };

    // The guest's browser is not known here. In the form of the _ga cookie's last two parts, and always the same for one guest.
    private static string ClientId(Guid contact)
    {
        var hash = SHA256.HashData(contact.ToByteArray(bigEndian: true));
        return string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32BigEndian(hash)}.{BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(4))}");
    }
}
