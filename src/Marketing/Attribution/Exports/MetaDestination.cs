using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Operations.Outbound;
using Microsoft.Extensions.Options;

namespace Marketing.Attribution.Exports;

/// <summary>
/// Meta's Conversions API. An event that it refuses fails its whole request, so a refused request is halved until the one is found. A repeated event_id
/// of the same event_name is merged there. It knows no cancellation.
/// </summary>
internal sealed class MetaDestination(JsonHttp http, IOptions<ConversionOptions> options) : IConversionDestination
{
    // 1,000 are said to be allowed (unverified).
    private const int MostEvents = 500;
    private const int InvalidParameter = 100;

    /// <inheritdoc />
    public string Name => "meta";

    /// <inheritdoc />
    public bool IsConfigured => options.Value is { MetaDatasetId.Length: > 0, MetaAccessToken.Length: > 0 };

    /// <inheritdoc />
    public bool TakesRefunds => false;

    /// <inheritdoc />
    public TimeSpan MaxAge => TimeSpan.FromDays(7);

    /// <inheritdoc />
    public async Task<IReadOnlyList<ConversionAnswer>> SendAsync(IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
    {
        var answers = new List<ConversionAnswer>(conversions.Count);
        foreach (var chunk in conversions.Chunk(MostEvents)) await SendAsync(chunk, answers, cancellationToken);
        return answers;
    }

    private async Task SendAsync(Conversion[] chunk, List<ConversionAnswer> answers, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["data"] = new JsonArray([.. chunk.Select(conversion => (JsonNode)Event(conversion))]) };
        var settings = options.Value;
        var answer = await http.PostJsonAsync($"{settings.MetaUrl.TrimEnd('/')}/{settings.MetaDatasetId}/events", body.ToJsonString(), settings.MetaAccessToken, cancellationToken);
        var (code, isTransient) = Error(answer);
        if (answer.IsOk)
        {
            answers.AddRange(chunk.Select(conversion => new ConversionAnswer(conversion, "sent")));
        }
        else if (answer.Status == 400 && code == InvalidParameter && !isTransient)
        {
            if (chunk.Length == 1)
            {
                answers.Add(new ConversionAnswer(chunk[0], "rejected", $"Meta refuses the event (code {code})."));
                return;
            }
            await SendAsync(chunk[..(chunk.Length / 2)], answers, cancellationToken);
            await SendAsync(chunk[(chunk.Length / 2)..], answers, cancellationToken);
        }
        else
        {
            // A token that has ended, a limit, a failure of the server: what is told here may be told later, and nothing is lost by waiting.
            answers.AddRange(chunk.Select(conversion => new ConversionAnswer(conversion, "queued", code == 190 ? "Meta refuses the token (code 190). Set Conversions:MetaAccessToken anew." : $"Meta did not take it ({answer}, code {code}).")));
        }
    }

    private static (int Code, bool IsTransient) Error(JsonAnswer answer) =>
        answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
            ? (error.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) ? number : 0, error.TryGetProperty("is_transient", out var transient) && transient.ValueKind == JsonValueKind.True)
            : (0, false);

    /// <summary>The event. No browser is known here, so it comes from a system, not from a website.</summary>
    internal static JsonObject Event(Conversion conversion)
    {
        var user = new JsonObject { ["external_id"] = new JsonArray(HashForMeta.Id(conversion.ContactId)) };
        if (conversion.Email is { } email) user["em"] = new JsonArray(HashForMeta.Email(email));
        if (conversion.Country is { Length: 2 } country) user["country"] = new JsonArray(HashForMeta.Country(country));
        var booking = new JsonObject { ["currency"] = conversion.Currency, ["value"] = conversion.Value, ["order_id"] = conversion.ReservationId.ToString("D"), ["content_type"] = "product" };
        if (conversion.PropertyId is { } property) booking["content_ids"] = new JsonArray(property);
        return new JsonObject
        {
            ["event_name"] = "Purchase",
            ["event_time"] = conversion.OccurredAt.ToUnixTimeSeconds(),
            ["event_id"] = conversion.ReservationId.ToString("D"),
            ["action_source"] = "system_generated", // unverified
            ["user_data"] = user,
            ["custom_data"] = booking,
        };
    }
}
