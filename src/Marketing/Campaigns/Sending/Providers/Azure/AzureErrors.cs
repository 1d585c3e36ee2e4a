using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Marketing.Webhooks.Events;

namespace Marketing.Campaigns.Sending.Providers.Azure;

/// <summary>What answers of Azure Communication Services mean. Source: Microsoft Learn, "Email - Send" and "Repeatability of requests".</summary>
internal static class AzureErrors
{
    private static readonly TimeSpan MostWait = TimeSpan.FromHours(1);

    /// <summary>Classifies an answer to a send.</summary>
    public static SendOutcome Classify(EmailAnswer answer) => answer switch
    {
        EmailAnswer.Lost { MayHaveArrived: true } lost => new SendOutcome.Unconfirmed(lost.Reason),
        EmailAnswer.Lost lost => new SendOutcome.RetryLater(lost.Reason, null),
        EmailAnswer.Answered answered => Classify(answered),
        _ => throw new System.Diagnostics.UnreachableException($"{answer}"),
    };

    /// <summary>What a read of an operation's status means.</summary>
    public static SendTrace Trace(EmailAnswer answer)
    {
        if (answer is not EmailAnswer.Answered answered) return SendTrace.CannotTell;
        if (answered.Status == HttpStatusCode.NotFound) return SendTrace.NeverArrived;
        return answered.Status != HttpStatusCode.OK ? SendTrace.CannotTell : Field(answered.Body, "status") switch
        {
            "NotStarted" or "Running" or "Succeeded" => SendTrace.Accepted,
            "Failed" or "Canceled" => SendTrace.Refused,
            _ => SendTrace.CannotTell,
        };
    }

    /// <summary>True when the same call may be made again at once with the same repeatability id: Azure carries it out at most once.</summary>
    public static bool IsRepeatable(EmailAnswer answer) => answer is EmailAnswer.Lost { MayHaveArrived: true } or EmailAnswer.Answered { Status: HttpStatusCode.Conflict };

    private static SendOutcome Classify(EmailAnswer.Answered answered) => answered.Status switch
    {
        HttpStatusCode.Accepted => new SendOutcome.Accepted(Field(answered.Body, "id")),
        HttpStatusCode.TooManyRequests => new SendOutcome.RetryLater($"429: {Words(answered.Body)}", RetryAfter(answered.Headers), IsThrottled: true),
        // 409: the first of two equal calls still runs. 412: Azure no longer remembers whether it ran.
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => new SendOutcome.Unconfirmed($"{(int)answered.Status}: {Words(answered.Body)}"),
        HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => new SendOutcome.Unconfirmed($"{(int)answered.Status}: {Words(answered.Body)}"),
        >= HttpStatusCode.InternalServerError => new SendOutcome.RetryLater($"{(int)answered.Status}: {Words(answered.Body)}", RetryAfter(answered.Headers)),
        HttpStatusCode.BadRequest when NamesRecipient(answered.Body) => new SendOutcome.Rejected($"400: {Words(answered.Body)}"),
        _ => new SendOutcome.Stop($"{(int)answered.Status}: {Words(answered.Body)}"),
    };

    private static bool NamesRecipient(byte[] body) => (Error(body, "target") ?? "").Contains("recipient", StringComparison.OrdinalIgnoreCase) || (Error(body, "code") ?? "").Contains("Recipient", StringComparison.OrdinalIgnoreCase) || (Error(body, "message") ?? "").Contains("recipients.", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter?.Delta is { } wait ? (wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > MostWait ? MostWait : wait) : null;

    private static string Words(byte[] body) => $"{Error(body, "code") ?? "no code"}: {Error(body, "message") ?? "no reason given"}";

    private static string? Field(byte[] body, string name) => Read(body, root => Shorten(root.Text(name)));

    private static string? Error(byte[] body, string name) => Read(body, root => Shorten(root.Member("error").Text(name)));

    private static string? Read(byte[] body, Func<JsonElement, string?> read)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return read(json.RootElement);
        }
        catch (JsonException)
        {
            return null; // A proxy's page: its status tells.
        }
    }

    private static string? Shorten(string? text) => text is { Length: > 300 } ? text[..300] : text;
}
