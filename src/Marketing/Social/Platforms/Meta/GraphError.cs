using System.Text.Json;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.Meta;

/// <summary>An error of the Graph API. Everything but code and message may be missing.</summary>
internal sealed record GraphError(string? Message, int Code, int? ErrorSubcode = null, bool IsTransient = false, string? ErrorUserMsg = null, string? FbtraceId = null)
{
    /// <summary>From header X-Business-Use-Case-Usage or Retry-After: when calls are answered again.</summary>
    public TimeSpan? RegainAccessAfter { get; init; }

    /// <summary>Reads the envelope; null when the body carries no error.</summary>
    public static GraphError? Read(JsonElement body) => body.Child("error") is { ValueKind: JsonValueKind.Object } error
        ? new GraphError(
            error.Text("message"), (int)(error.Number("code") ?? 0), (int?)error.Number("error_subcode"), error.Flag("is_transient"), error.Text("error_user_msg"), error.Text("fbtrace_id"))
        : null;

    /// <summary>The answer as one line for the attempts: what it said, its codes, and the trace id that Meta's support asks for.</summary>
    public string InWords()
    {
        var text = ErrorUserMsg is { Length: > 0 } ? ErrorUserMsg : Message ?? "no message";
        var subcode = ErrorSubcode is { } number ? $"/{number}" : "";
        var trace = FbtraceId is null ? "" : $", fbtrace_id {FbtraceId}";
        return $"{(text.Length > 500 ? text[..500] : text)} (code {Code}{subcode}{trace})";
    }
}
