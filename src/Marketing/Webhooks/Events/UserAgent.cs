namespace Marketing.Webhooks.Events;

/// <summary>What may be said of a device from its user agent.</summary>
internal static class UserAgent
{
    /// <summary>True for the image proxies of mail providers: what they tell of device and place is their own.</summary>
    public static bool IsProxy(string? userAgent) =>
        userAgent is not null && (userAgent.Contains("GoogleImageProxy", StringComparison.OrdinalIgnoreCase) || userAgent.Contains("YahooMailProxy", StringComparison.OrdinalIgnoreCase));

    /// <summary>desktop, mobile or tablet; null where the text does not say, or is a proxy's.</summary>
    public static string? Device(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent) || IsProxy(userAgent)) return null;
        bool Has(string part) => userAgent.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (Has("iPad") || Has("Tablet") || (Has("Android") && !Has("Mobile"))) return "tablet";
        if (Has("iPhone") || Has("Mobile") || Has("Android")) return "mobile";
        return Has("Windows") || Has("Macintosh") || Has("Linux") || Has("CrOS") ? "desktop" : null;
    }

    /// <summary>A provider's own word for the device in ours.</summary>
    public static string? Named(string? device) => device?.ToLowerInvariant() switch
    {
        "desktop" or "webmail" => "desktop",
        "mobile" or "phone" => "mobile",
        "tablet" => "tablet",
        _ => null,
    };
}
