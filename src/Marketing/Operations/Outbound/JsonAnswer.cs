using System.Net.Http.Headers;
using System.Text.Json;

namespace Marketing.Operations.Outbound;

/// <summary>What came back, or that nothing did.</summary>
/// <param name="Status">HTTP status; 0 when there was no answer.</param>
/// <param name="Body">The JSON; undefined when there was none.</param>
internal sealed record JsonAnswer(int Status, JsonElement Body)
{
    /// <summary>Header Retry-After.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Headers; null without an answer.</summary>
    public HttpResponseHeaders? Headers { get; init; }

    /// <summary>Why there is no answer; null when there is one.</summary>
    public string? LostReason { get; init; }

    /// <summary>False when the request never reached the platform.</summary>
    public bool MayHaveArrived { get; init; } = true;

    /// <summary>A status of success with a JSON body.</summary>
    public bool IsOk => Status is >= 200 and < 300 && Body.ValueKind == JsonValueKind.Object;

    /// <summary>No answer.</summary>
    public static JsonAnswer None(string reason, bool mayHaveArrived) => new(0, default) { LostReason = reason, MayHaveArrived = mayHaveArrived };

    /// <summary>The first value of a header.</summary>
    public string? Header(string name) => Headers is not null && Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Never the body, which may hold tokens.</summary>
    public override string ToString() => LostReason ?? $"HTTP {Status}";
}
