namespace Marketing.Websites.Analytics;

/// <summary>Figures could not be read. Nothing was stored.</summary>
/// <param name="message">Why, as a sentence without secrets.</param>
/// <param name="wait">How long to leave it.</param>
internal sealed class AnalyticsFailure(string message, TimeSpan wait) : Exception(message)
{
    /// <summary>How long to leave it.</summary>
    public TimeSpan Wait { get; } = wait;
}
