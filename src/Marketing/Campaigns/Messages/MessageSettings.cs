using System.Text.Json;

namespace Marketing.Campaigns.Messages;

/// <summary>How messages of a campaign look and record, out of <c>campaign_emails.settings</c>.</summary>
/// <param name="Tracking">own: our links and pixel; provider: the provider's; none.</param>
/// <param name="Css">Style that is written into the elements; empty for none.</param>
/// <param name="Preheader">What a mailbox shows behind the subject; empty for none. Liquid.</param>
/// <param name="Language">Language of the message, BCP 47.</param>
/// <param name="PostalAddress">Postal address for this campaign; null for the company's.</param>
internal sealed record MessageSettings(string Tracking, string Css, string Preheader, string Language, string? PostalAddress)
{
    /// <summary>Members that messages understand.</summary>
    public static readonly IReadOnlyList<string> Members = ["tracking", "css", "preheader", "language", "postal_address"];

    /// <summary>Values of <c>tracking</c>.</summary>
    public static readonly IReadOnlyList<string> Trackings = ["own", "provider", "none"];

    /// <summary>Reads settings that were checked when they were written.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="provider">Provider: SMTP records nothing, so there our links do unless told otherwise.</param>
    public static MessageSettings Read(JsonElement settings, string provider) => new(
        Text(settings, "tracking") ?? (provider == "smtp" ? "own" : "provider"), Text(settings, "css") ?? "", Text(settings, "preheader") ?? "", Text(settings, "language") ?? "en", Text(settings, "postal_address"));

    private static string? Text(JsonElement settings, string member) => settings.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
