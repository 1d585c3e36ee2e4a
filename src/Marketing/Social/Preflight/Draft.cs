using System.Text.Json;
using Marketing.Data;

namespace Marketing.Social.Preflight;

/// <summary>One post to be checked, stored or not.</summary>
/// <param name="Post">Its columns.</param>
/// <param name="Options">Its options; an empty object for none.</param>
/// <param name="Account">Its account; null when it is checked for a platform alone.</param>
/// <param name="Rules">Rules of the platform.</param>
internal sealed record Draft(SocialPost Post, JsonElement Options, AccountFacts? Account, PlatformRules Rules)
{
    /// <summary>When it is to go out.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What is known of each of its <c>media_urls</c>.</summary>
    public IReadOnlyList<MediaFacts> Media { get; init; } = [];

    /// <summary>The rules of its type; null when the platform does not take it.</summary>
    public PostTypeRule? Type => Rules.PostTypes.GetValueOrDefault(Post.PostType);

    /// <summary>An option of the wanted kind; default when it is not set.</summary>
    public JsonElement Option(string name) => Options.ValueKind == JsonValueKind.Object && Options.TryGetProperty(name, out var value) ? value : default;
}

/// <summary>What is known of an account.</summary>
/// <param name="Id">Its key.</param>
/// <param name="BusinessId">SA-NNNNNN.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="Status">Its status.</param>
/// <param name="IsConnected">It has a token and the platform's id.</param>
/// <param name="TokenExpiresAt">When its token ends; null when unknown.</param>
/// <param name="BlockedUntil">Until when its platform asked to wait; null when it did not.</param>
/// <param name="IsPaused">Publishing is paused for it.</param>
internal sealed record AccountFacts(Guid Id, string BusinessId, string Platform, string? Status, bool IsConnected, DateTimeOffset? TokenExpiresAt, DateTimeOffset? BlockedUntil, bool IsPaused);

/// <summary>What is known of a medium as it would go out.</summary>
/// <param name="Url">Its address.</param>
/// <param name="AssetId">Business id of its library asset; null when the library does not know it.</param>
/// <param name="Kind">image or video; null when it cannot be told.</param>
/// <param name="MimeType">Its media type; null when unknown.</param>
/// <param name="Bytes">Its size; null when unknown.</param>
/// <param name="Width">Pixels; null when unknown.</param>
/// <param name="Height">Pixels; null when unknown.</param>
/// <param name="Seconds">Its duration; null when unknown or none.</param>
/// <param name="AltText">Its alternative text.</param>
/// <param name="IsUsable">False when the asset is archived, deleted or in error.</param>
internal sealed record MediaFacts(string Url, string? AssetId, string? Kind, string? MimeType, long? Bytes, int? Width, int? Height, int? Seconds, string? AltText, bool IsUsable)
{
    /// <summary>Width to height; null when unknown.</summary>
    public double? Ratio => Width is > 0 && Height is > 0 ? (double)Width / Height : null;
}
