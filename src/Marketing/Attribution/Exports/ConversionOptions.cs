using System.ComponentModel.DataAnnotations;

namespace Marketing.Attribution.Exports;

/// <summary>Whom bookings are told to, section <c>Conversions</c>. A destination that is not named gets nothing.</summary>
public sealed class ConversionOptions
{
    /// <summary>GA4 measurement id of the web stream.</summary>
    [RegularExpression("^G-[A-Z0-9]{4,20}$", ErrorMessage = "Conversions:GoogleMeasurementId must be a measurement id. Example: G-AB12CD34EF")]
    public string? GoogleMeasurementId { get; set; }

    /// <summary>Its API secret for the Measurement Protocol.</summary>
    public string? GoogleApiSecret { get; set; }

    /// <summary>Host of the Measurement Protocol; <c>https://region1.google-analytics.com</c> collects in the EU (unverified).</summary>
    [RegularExpression("^https?://.+", ErrorMessage = "Conversions:GoogleUrl must be an absolute http(s) address. Example: https://www.google-analytics.com")]
    public string GoogleUrl { get; set; } = "https://www.google-analytics.com";

    /// <summary>Meta's dataset (pixel) of the Conversions API.</summary>
    [RegularExpression("^[0-9]{5,20}$", ErrorMessage = "Conversions:MetaDatasetId must be a number. Example: 123456789012345")]
    public string? MetaDatasetId { get; set; }

    /// <summary>Token of the dataset. A secret.</summary>
    public string? MetaAccessToken { get; set; }

    /// <summary>Root of the Graph API with its version.</summary>
    [RegularExpression("^https?://.+", ErrorMessage = "Conversions:MetaUrl must be an absolute http(s) address. Example: https://graph.facebook.com/v26.0")]
    public string MetaUrl { get; set; } = "https://graph.facebook.com/v26.0";
}
