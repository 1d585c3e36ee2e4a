using System.Globalization;
using System.Text.Json;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>Reads how long a token lives.</summary>
internal static class Lifetime
{
    private const double LongestSeconds = 10 * 366 * 86_400d;

    /// <summary>The time; null when the answer does not say, or says what no lifetime is.</summary>
    public static TimeSpan? Read(JsonElement seconds)
    {
        var number = seconds.ValueKind switch
        {
            JsonValueKind.Number when seconds.TryGetDouble(out var given) => given,
            JsonValueKind.String when double.TryParse(seconds.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var written) => written,
            _ => 0,
        };
        return number is > 0 and < LongestSeconds ? TimeSpan.FromSeconds(number) : null;
    }
}
