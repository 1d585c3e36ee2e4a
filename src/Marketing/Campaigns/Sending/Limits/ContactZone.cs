namespace Marketing.Campaigns.Sending.Limits;

/// <summary>
/// The zones in which a contact may live, by the country of its row. Countries with several zones have the outermost ones that many people live in:
/// who is awake in both is awake between them. Source: tz database, zone1970.tab.
/// </summary>
internal static class ContactZone
{
    private static readonly Dictionary<string, string[]> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AT"] = ["Europe/Vienna"],
        ["AU"] = ["Australia/Sydney", "Australia/Perth"],
        ["BE"] = ["Europe/Brussels"],
        ["BG"] = ["Europe/Sofia"],
        ["BR"] = ["America/Sao_Paulo", "America/Manaus"],
        ["CA"] = ["America/Toronto", "America/Halifax", "America/Vancouver"],
        ["CH"] = ["Europe/Zurich"],
        ["CN"] = ["Asia/Shanghai"],
        ["CY"] = ["Asia/Nicosia"],
        ["CZ"] = ["Europe/Prague"],
        ["DE"] = ["Europe/Berlin"],
        ["DK"] = ["Europe/Copenhagen"],
        ["EE"] = ["Europe/Tallinn"],
        ["ES"] = ["Europe/Madrid", "Atlantic/Canary"],
        ["FI"] = ["Europe/Helsinki"],
        ["FR"] = ["Europe/Paris"],
        ["GB"] = ["Europe/London"],
        ["GR"] = ["Europe/Athens"],
        ["HR"] = ["Europe/Zagreb"],
        ["HU"] = ["Europe/Budapest"],
        ["IE"] = ["Europe/Dublin"],
        ["IL"] = ["Asia/Jerusalem"],
        ["IN"] = ["Asia/Kolkata"],
        ["IS"] = ["Atlantic/Reykjavik"],
        ["IT"] = ["Europe/Rome"],
        ["JP"] = ["Asia/Tokyo"],
        ["KR"] = ["Asia/Seoul"],
        ["LT"] = ["Europe/Vilnius"],
        ["LU"] = ["Europe/Luxembourg"],
        ["LV"] = ["Europe/Riga"],
        ["MT"] = ["Europe/Malta"],
        ["MX"] = ["America/Mexico_City", "America/Tijuana"],
        ["NL"] = ["Europe/Amsterdam"],
        ["NO"] = ["Europe/Oslo"],
        ["NZ"] = ["Pacific/Auckland"],
        ["PL"] = ["Europe/Warsaw"],
        ["PT"] = ["Europe/Lisbon", "Atlantic/Azores"],
        ["RO"] = ["Europe/Bucharest"],
        ["RS"] = ["Europe/Belgrade"],
        ["SE"] = ["Europe/Stockholm"],
        ["SG"] = ["Asia/Singapore"],
        ["SI"] = ["Europe/Ljubljana"],
        ["SK"] = ["Europe/Bratislava"],
        ["TR"] = ["Europe/Istanbul"],
        ["UA"] = ["Europe/Kyiv"],
        ["US"] = ["America/New_York", "America/Chicago", "America/Los_Angeles"],
        ["ZA"] = ["Africa/Johannesburg"],
    };

    /// <summary>The zones of a country; the fallback where it is not known.</summary>
    /// <param name="country">ISO 3166-1 code of two letters.</param>
    /// <param name="fallback">IANA name.</param>
    public static IReadOnlyList<TimeZoneInfo> Of(string? country, string fallback)
    {
        var names = country is not null && Zones.TryGetValue(country.Trim(), out var known) ? known : [fallback];
        var zones = names.Select(name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null).OfType<TimeZoneInfo>().ToList();
        return zones.Count > 0 ? zones : [TimeZoneInfo.Utc];
    }
}
