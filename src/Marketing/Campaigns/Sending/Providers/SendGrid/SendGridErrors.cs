using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Webhooks.Events;

namespace Marketing.Campaigns.Sending.Providers.SendGrid;

/// <summary>What answers of SendGrid mean. Sources: Twilio SendGrid, "Mail Send Errors" and "Rate Limits".</summary>
internal static partial class SendGridErrors
{
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostWait = TimeSpan.FromHours(1);

    /// <summary>Classifies an answer that concerns the call as a whole.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="now">Our time, to which the provider's reset is compared.</param>
    public static SendOutcome Classify(EmailAnswer answer, DateTimeOffset now) => answer switch
    {
        EmailAnswer.Lost { MayHaveArrived: true } lost => new SendOutcome.Unconfirmed(lost.Reason),
        EmailAnswer.Lost lost => new SendOutcome.RetryLater(lost.Reason, null),
        EmailAnswer.Answered answered => Classify(answered, now),
        _ => throw new System.Diagnostics.UnreachableException($"{answer}"),
    };

    private static SendOutcome Classify(EmailAnswer.Answered answered, DateTimeOffset now) => answered.Status switch
    {
        HttpStatusCode.Accepted => new SendOutcome.Accepted(answered.Headers.TryGetValues("X-Message-Id", out var ids) ? ids.First() : null),
        HttpStatusCode.OK => new SendOutcome.Stop("SendGrid took the message in its sandbox: nothing is sent while mail_settings.sandbox_mode is on."),
        HttpStatusCode.TooManyRequests => new SendOutcome.RetryLater($"429: {Words(answered)}", Reset(answered.Headers, now), IsThrottled: true),
        // A gateway that did not hear from the server behind it knows nothing of what that server did.
        HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => new SendOutcome.Unconfirmed($"{(int)answered.Status}: {Words(answered)}"),
        >= HttpStatusCode.InternalServerError => new SendOutcome.RetryLater($"{(int)answered.Status}: {Words(answered)}", null),
        // The message itself, the key, or the sender's identity: every further call would fare the same.
        _ => new SendOutcome.Stop($"{(int)answered.Status}: {Words(answered)}"),
    };

    /// <summary>Recipients that a refusal names: place in the call to reason. Empty when the refusal concerns the call as a whole.</summary>
    public static IReadOnlyDictionary<int, string> NamedRecipients(EmailAnswer answer, int recipients)
    {
        var named = new Dictionary<int, string>();
        if (answer is not EmailAnswer.Answered { Status: HttpStatusCode.BadRequest } refused) return named;
        foreach (var (field, message) in Errors(refused.Body))
        {
            if (field is null || Place().Match(field) is not { Success: true } match || !int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var place) || place >= recipients) return new Dictionary<int, string>();
            named.TryAdd(place, $"{field}: {message}");
        }
        return named;
    }

    private static TimeSpan? Reset(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (!headers.TryGetValues("X-RateLimit-Reset", out var values) || !long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799) return null;
        var wait = DateTimeOffset.FromUnixTimeSeconds(seconds) - now;
        return wait < LeastWait ? LeastWait : wait > MostWait ? MostWait : wait;
    }

    private static string Words(EmailAnswer.Answered answered) => string.Join(" ", Errors(answered.Body).Select(error => error.Field is null ? error.Message : $"{error.Field}: {error.Message}").Take(3)) is { Length: > 0 } words ? words : "no reason given";

    private static List<(string? Field, string Message)> Errors(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var errors = json.RootElement.Member("errors");
            return errors.ValueKind != JsonValueKind.Array ? [] : [.. errors.EnumerateArray().Select(error => (error.Text("field"), Shorten(error.Text("message") ?? "")))];
        }
        catch (JsonException)
        {
            return []; // A proxy's page: its status tells.
        }
    }

    private static string Shorten(string text) => text.Length <= 300 ? text : text[..300];

    [GeneratedRegex(@"^personalizations[.\[](\d+)\b")]
    private static partial Regex Place();
}
