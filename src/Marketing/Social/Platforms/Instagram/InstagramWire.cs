using System.Text.Json.Serialization;

namespace Marketing.Social.Platforms.Instagram;

/// <summary>Answer that carries nothing but an id. Ids are decimal strings beyond 2^53.</summary>
internal sealed record GraphId(string Id);

/// <summary>State of a media container.</summary>
internal sealed record GraphContainer(string Id, string? StatusCode, string? Status);

/// <summary>A published medium.</summary>
internal sealed record GraphMedia(string Id, string? Caption, string? Timestamp, string? Permalink);

/// <summary>A page of a list.</summary>
internal sealed record GraphList<T>(IReadOnlyList<T>? Data);

/// <summary>How many posts the account may publish by API in the moving day.</summary>
internal sealed record GraphPublishingLimit(int QuotaUsage, GraphPublishingQuota? Config);

/// <summary>The quota itself.</summary>
internal sealed record GraphPublishingQuota(int QuotaTotal, int QuotaDuration);

/// <summary>Envelope of an error.</summary>
internal sealed record GraphFailure(GraphError? Error);

/// <summary>An error of the Graph API. Everything but code and message may be missing.</summary>
internal sealed record GraphError(
    string? Message, int Code, int? ErrorSubcode = null, bool IsTransient = false, string? ErrorUserMsg = null, string? FbtraceId = null)
{
    /// <summary>From header X-Business-Use-Case-Usage or Retry-After: when calls are answered again.</summary>
    [JsonIgnore]
    public TimeSpan? RegainAccessAfter { get; init; }

    /// <summary>The answer as one line for the attempts: what it said, its codes, and the trace id that Meta's support asks for.</summary>
    public string InWords()
    {
        var text = ErrorUserMsg is { Length: > 0 } ? ErrorUserMsg : Message ?? "no message";
        var subcode = ErrorSubcode is { } number ? $"/{number}" : "";
        var trace = FbtraceId is null ? "" : $", fbtrace_id {FbtraceId}";
        return $"{(text.Length > 500 ? text[..500] : text)} (code {Code}{subcode}{trace})";
    }
}

/// <summary>An entry of header X-Business-Use-Case-Usage; the time is in minutes.</summary>
internal sealed record GraphUsage(string? Type, double EstimatedTimeToRegainAccess);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(GraphId))]
[JsonSerializable(typeof(GraphContainer))]
[JsonSerializable(typeof(GraphMedia))]
[JsonSerializable(typeof(GraphList<GraphMedia>))]
[JsonSerializable(typeof(GraphList<GraphPublishingLimit>))]
[JsonSerializable(typeof(GraphFailure))]
[JsonSerializable(typeof(Dictionary<string, GraphUsage[]>))]
internal sealed partial class InstagramJson : JsonSerializerContext;
