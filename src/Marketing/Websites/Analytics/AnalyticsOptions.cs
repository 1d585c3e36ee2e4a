using System.ComponentModel.DataAnnotations;

namespace Marketing.Websites.Analytics;

/// <summary>Where the figures of websites come from: the GA4 Data API under a service account, section <c>Analytics</c>. Nothing is pulled while the account is not named.</summary>
public sealed class AnalyticsOptions
{
    /// <summary>The service account's address: <c>client_email</c> of its key file. It must be a Viewer of the properties.</summary>
    public string? ClientEmail { get; set; }

    /// <summary><c>private_key_id</c> of the key file.</summary>
    public string? PrivateKeyId { get; set; }

    /// <summary><c>private_key</c> of the key file, PEM. A secret.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>Number of the GA4 property, by the value of <c>websites.analytics_id</c>. An analytics_id that is a number needs no entry.</summary>
    public Dictionary<string, string> Properties { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Root of the Data API.</summary>
    [RegularExpression("^https?://.+", ErrorMessage = "Analytics:ApiUrl must be an absolute http(s) address. Example: https://analyticsdata.googleapis.com/v1beta")]
    public string ApiUrl { get; set; } = "https://analyticsdata.googleapis.com/v1beta";

    /// <summary>Where tokens are got.</summary>
    [RegularExpression("^https?://.+", ErrorMessage = "Analytics:TokenUrl must be an absolute http(s) address. Example: https://oauth2.googleapis.com/token")]
    public string TokenUrl { get; set; } = "https://oauth2.googleapis.com/token";

    /// <summary>Days that are read again at each pull: figures move for 24 to 48 hours.</summary>
    [Range(1, 30, ErrorMessage = "Analytics:RereadDays must be from 1 to 30. Example: 3")]
    public int RereadDays { get; set; } = 3;

    /// <summary>How many days back the first pull of a website goes.</summary>
    [Range(1, 1_000, ErrorMessage = "Analytics:FirstDays must be from 1 to 1000. Example: 90")]
    public int FirstDays { get; set; } = 90;

    /// <summary>True when the account is named.</summary>
    internal bool IsConfigured => ClientEmail is { Length: > 0 } && PrivateKey is { Length: > 0 };

    /// <summary>Number of the property that a website's analytics_id means; null when none is known.</summary>
    internal string? Property(string analyticsId) =>
        Properties.TryGetValue(analyticsId, out var number) ? number : analyticsId.All(char.IsAsciiDigit) ? analyticsId : null;
}
