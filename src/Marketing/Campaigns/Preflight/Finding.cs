using System.Text.Json.Serialization;

namespace Marketing.Campaigns.Preflight;

/// <summary>One thing that preflight has to say.</summary>
/// <param name="Severity">error: the campaign cannot go out; warning: it can, and may suffer.</param>
/// <param name="Field">Where to mend it, for example <c>variants[A].content_id</c>.</param>
/// <param name="Rule">Stable name of the rule, in snake case.</param>
/// <param name="Actual">What was found.</param>
/// <param name="Fix">What to do.</param>
internal sealed record Finding(string Severity, string Field, string Rule, string Actual, string Fix)
{
    /// <summary>It keeps the campaign from going out.</summary>
    [JsonIgnore]
    public bool IsError => Severity == "error";

    /// <summary>Something that keeps the campaign from going out.</summary>
    public static Finding Error(string field, string rule, string actual, string fix) => new("error", field, rule, actual, fix);

    /// <summary>Something that may hurt.</summary>
    public static Finding Warning(string field, string rule, string actual, string fix) => new("warning", field, rule, actual, fix);
}

/// <summary>All that preflight has to say.</summary>
/// <param name="IsReady">No finding is an error.</param>
/// <param name="Recipients">Who would get the campaign now.</param>
/// <param name="Findings">Errors first.</param>
internal sealed record PreflightReport(bool IsReady, long Recipients, IReadOnlyList<Finding> Findings);

[JsonSerializable(typeof(PreflightReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class PreflightJson : JsonSerializerContext;
