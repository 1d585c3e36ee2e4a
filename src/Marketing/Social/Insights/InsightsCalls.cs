using System.Globalization;
using Marketing.Operations.Outbound;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights;

/// <summary>The calls of one read: each takes from the budgets first, carries the account's token, and is turned into a <see cref="Reading.Stop"/> where nothing more can be read.</summary>
internal sealed class InsightsCalls(JsonHttp http, InsightBudgets budgets, AccountToRead account, string token, string apiUrl)
{
    private static readonly TimeSpan Throttled = TimeSpan.FromMinutes(15);

    /// <summary>Root of the API, without a slash at its end.</summary>
    public string ApiUrl => apiUrl;

    /// <summary>A read.</summary>
    public async Task<InsightsAnswer> GetAsync(string url, CancellationToken cancellationToken, params KeyValuePair<string, string>[] headers) =>
        await RefuseAsync(cancellationToken) ?? Judge(await http.GetAsync(url, token, cancellationToken, headers));

    /// <summary>A read that the platform made a POST.</summary>
    public async Task<InsightsAnswer> PostAsync(string url, string json, CancellationToken cancellationToken) =>
        await RefuseAsync(cancellationToken) ?? Judge(await http.PostJsonAsync(url, json, token, cancellationToken));

    private async Task<InsightsAnswer?> RefuseAsync(CancellationToken cancellationToken)
    {
        if (await budgets.TakeAsync(account.Platform, account.AccountId, cancellationToken) is not { } wait) return null;
        return new InsightsAnswer(JsonAnswer.None("no budget", mayHaveArrived: false), new Reading.Stop("The calls of this hour are spent, or the platform asked to wait.", wait > TimeSpan.Zero ? wait : TimeSpan.FromMinutes(1)));
    }

    // What holds for every platform; the readers look at what is theirs.
    private static InsightsAnswer Judge(JsonAnswer answer) => new(answer, answer switch
    {
        { Status: 429 } => new Reading.Stop("The platform asks to call less.", answer.RetryAfter ?? ResetAt(answer) ?? Throttled),
        // A scope that was not granted says nothing of the token.
        { Status: 401 } when answer.Body.Member("error").Text("code") == "scope_not_authorized" => new Reading.Stop("The consent lacks the scope for figures. Connect the account again and leave everything ticked.", TimeSpan.FromHours(6)),
        { Status: 401 } => new Reading.Stop("The platform refuses the token.", null) { IsTokenRefused = true },
        _ => null,
    });

    // X: seconds since 1970 at which calls are answered again, by the platform's own clock.
    private static TimeSpan? ResetAt(JsonAnswer answer) =>
        long.TryParse(answer.Header("x-rate-limit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, 253_402_300_799)) - answer.Headers?.Date is { } wait && wait > TimeSpan.Zero && wait < TimeSpan.FromDays(1) ? wait : null;
}

/// <summary>What came back, and whether reading must end.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Stop">Why nothing more can be read; null to go on.</param>
internal sealed record InsightsAnswer(JsonAnswer Answer, Reading.Stop? Stop)
{
    /// <summary>The JSON; undefined when there was none.</summary>
    public System.Text.Json.JsonElement Body => Answer.Body;

    /// <summary>A status of success with a JSON body.</summary>
    public bool IsOk => Answer.IsOk;
}
