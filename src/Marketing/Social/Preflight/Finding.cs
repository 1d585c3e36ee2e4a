using System.Text.Json.Serialization;
using Marketing.Problems;

namespace Marketing.Social.Preflight;

/// <summary>One thing wrong with a draft.</summary>
/// <param name="Field">Column of <c>social_posts</c>, or <c>options.name</c>.</param>
/// <param name="Rule">Stable name of the rule in snake case.</param>
/// <param name="Severity"><c>error</c>: it could not be published; <c>warning</c>: it could, and somebody should look.</param>
/// <param name="Limit">What is allowed, in words or figures; null where the rule has none.</param>
/// <param name="Actual">What the draft has; null where there is nothing to show.</param>
/// <param name="Fix">What to do.</param>
internal sealed record Finding(
    [property: JsonPropertyName("field")] string Field, [property: JsonPropertyName("rule")] string Rule, [property: JsonPropertyName("severity")] string Severity,
    [property: JsonPropertyName("limit")] string? Limit, [property: JsonPropertyName("actual")] string? Actual, [property: JsonPropertyName("fix")] string Fix)
{
    public const string IsError = "error";
    public const string IsWarning = "warning";

    /// <summary>A finding that keeps the draft from being published.</summary>
    public static Finding Error(string field, string rule, string? limit, string? actual, string fix) => new(field, rule, IsError, limit, actual, fix);

    /// <summary>A finding to look at.</summary>
    public static Finding Warning(string field, string rule, string? limit, string? actual, string fix) => new(field, rule, IsWarning, limit, actual, fix);

    /// <summary>The finding as an error of a request.</summary>
    public FieldError ToFieldError(string prefix = "") => new(prefix + Field, Rule, Fix);
}
