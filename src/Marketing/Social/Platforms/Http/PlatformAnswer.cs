using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Marketing.Social.Platforms.Http;

/// <summary>How one call to a platform ended.</summary>
internal abstract record PlatformAnswer
{
    private PlatformAnswer() { }

    /// <summary>The platform answered, with whatever status.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">The body as JSON; undefined when it is empty or no JSON, as a proxy's page is.</param>
    /// <param name="Headers">Headers.</param>
    public sealed record Answered(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers) : PlatformAnswer
    {
        /// <summary>True for 2xx.</summary>
        public bool IsSuccess => (int)Status is >= 200 and < 300;

        /// <summary>The delay of <c>Retry-After</c>, in either of its forms; null when there is none.</summary>
        public TimeSpan? RetryAfter(TimeProvider clock) => Headers.RetryAfter switch
        {
            { Delta: { } delay } => delay,
            { Date: { } date } => date - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            _ => null,
        };
    }

    /// <summary>No answer: a time-out or a broken connection.</summary>
    /// <param name="Reason">What happened, without addresses.</param>
    /// <param name="MayHaveArrived">False when the connection was never made, so that the call had no effect.</param>
    public sealed record Lost(string Reason, bool MayHaveArrived) : PlatformAnswer;
}
