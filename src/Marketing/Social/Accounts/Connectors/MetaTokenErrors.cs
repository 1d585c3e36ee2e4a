using System.Globalization;
using Marketing.Operations.Outbound;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>What an error of the Graph API means for tokens. Source: Graph API, "Handling errors", and "Access token errors".</summary>
internal static class MetaTokenErrors
{
    /// <summary>Reads a refusal; null when the answer is none.</summary>
    public static TokenAnswer? Classify(JsonAnswer answer)
    {
        if (answer.LostReason is { } lost) return answer.MayHaveArrived ? new TokenAnswer.Lost(lost) : new TokenAnswer.TryLater(lost);
        if (answer.IsOk && answer.Body.Member("error").ValueKind == System.Text.Json.JsonValueKind.Undefined) return null;
        var error = answer.Body.Member("error");
        var (code, subcode) = (Number(error, "code"), Number(error, "error_subcode"));
        var marks = subcode == 0 ? $"code {code}" : $"code {code}/{subcode}";
        var reason = $"{PlatformWords.Clean(error.Text("error_user_msg") ?? error.Text("message") ?? answer.Body.Text("error_message"), $"HTTP {answer.Status}")} ({marks})";
        if (error.IsTrue("is_transient")) return new TokenAnswer.TryLater(reason, answer.RetryAfter);
        return code switch
        {
            // A dead token can neither be exchanged nor prolonged.
            190 or 102 => new TokenAnswer.Revoked(reason),
            101 => new TokenAnswer.Misconfigured(reason),
            4 or 17 or 32 or 341 or 613 or (>= 80000 and <= 80014) => new TokenAnswer.TryLater(reason, answer.RetryAfter ?? TimeSpan.FromMinutes(15)),
            _ => new TokenAnswer.TryLater(reason, answer.RetryAfter),
        };
    }

    private static int Number(System.Text.Json.JsonElement error, string name) =>
        error.Member(name) is { ValueKind: System.Text.Json.JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value
        : int.TryParse(error.Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var written) ? written : 0;
}
