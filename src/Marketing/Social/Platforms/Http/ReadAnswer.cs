using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Marketing.Social.Platforms.Http;

/// <summary>Reads what a platform's answer carries.</summary>
internal static class ReadAnswer
{
    /// <summary>The body in its documented shape; null when there is none, or it is something else.</summary>
    public static T? As<T>(this PlatformAnswer.Answered answer, JsonTypeInfo<T> shape) where T : class
    {
        if (answer.Body.ValueKind != JsonValueKind.Object) return null;
        try
        {
            return answer.Body.Deserialize(shape);
        }
        catch (JsonException)
        {
            return null; // A shape that is not the documented one says nothing; the status still tells.
        }
    }

    /// <summary>A header's first value; null when it is not there.</summary>
    public static string? Header(this PlatformAnswer.Answered answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>A header that holds a whole number; null when it is not there or none.</summary>
    public static long? NumberHeader(this PlatformAnswer.Answered answer, string name) =>
        long.TryParse(answer.Header(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The outcome of a call that cannot have published anything and was not answered.</summary>
    public static Outcome AsHarmless(this PlatformAnswer.Lost lost) => new Outcome.RetryLater(null, lost.Reason);

    /// <summary>The outcome of a call that may have published the post and was not answered.</summary>
    public static Outcome AsFinalise(this PlatformAnswer.Lost lost) => lost.MayHaveArrived ? new Outcome.Unconfirmed(lost.Reason) : new Outcome.RetryLater(null, lost.Reason);
}
