using System.Buffers.Text;
using System.Text.Json;
using Marketing.Identity;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Events;

/// <summary>What a tracking link knows.</summary>
/// <param name="Campaign">Campaign.</param>
/// <param name="Contact">Contact.</param>
/// <param name="SendId">The message.</param>
/// <param name="Variant">Variant of the content; null for none.</param>
/// <param name="Url">Where a click leads; null for the pixel.</param>
internal sealed record TrackedMessage(Guid Campaign, Guid Contact, string SendId, string? Variant, string? Url);

/// <summary>
/// Addresses that record an open or a click and that only we can make: the target stands within the signed text, so the redirect is open to nobody. They hold
/// ids, no address and no name, and stay valid when the key ring rotates.
/// </summary>
internal sealed class TrackingLinks(Signer signer, IOptions<TrackingOptions> options)
{
    private const string Purpose = "tracking link";

    /// <summary>Longest address of a link, in characters.</summary>
    public const int MaxUrlLength = 2_000;

    /// <summary>The address that records a click and leads to the message's target.</summary>
    /// <exception cref="ArgumentException">The target is no absolute http or https address of at most <see cref="MaxUrlLength"/> characters.</exception>
    public Uri Click(TrackedMessage message) => IsTarget(message.Url) ? Address("c", message) : throw new ArgumentException("A tracked link leads to an absolute http or https address of at most 2000 characters.", nameof(message));

    /// <summary>The address of the pixel that records an open.</summary>
    public Uri Pixel(TrackedMessage message) => Address("o", message with { Url = null });

    /// <summary>What a token of ours says; null for any other text.</summary>
    public TrackedMessage? Read(string token)
    {
        if (token.Length is 0 or > 6_000 || !Base64Url.IsValid(token)) return null;
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= Signer.SignatureBytes || !signer.IsGenuine(Purpose, bytes.AsSpan(Signer.SignatureBytes), bytes.AsSpan(0, Signer.SignatureBytes))) return null;
        return JsonSerializer.Deserialize<TrackedMessage>(bytes.AsSpan(Signer.SignatureBytes));
    }

    private Uri Address(string kind, TrackedMessage message)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(message);
        byte[] token = [.. signer.Sign(Purpose, text), .. text];
        return new Uri($"{options.Value.PublicAddress.TrimEnd('/')}/api/webhooks/tracking/{kind}/{Base64Url.EncodeToString(token)}");
    }

    private static bool IsTarget(string? url) => url is { Length: <= MaxUrlLength } && Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);
}

/// <summary>Settings of tracking, section <c>Tracking</c>.</summary>
public sealed class TrackingOptions
{
    /// <summary>Where recipients reach this app, for example https://links.example.com.</summary>
    public string PublicAddress { get; set; } = "http://localhost:7071";
}

/// <summary>Refuses what is no address.</summary>
internal sealed class ValidateTrackingOptions : IValidateOptions<TrackingOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, TrackingOptions options) => Uri.TryCreate(options.PublicAddress, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("Tracking:PublicAddress is no http or https address. Example: https://links.example.com");
}
