namespace Marketing.Identity;

/// <summary>Tokens of an OpenID Connect issuer that are accepted beside API keys, section <c>Oidc</c>.</summary>
public sealed class OidcOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Oidc";

    /// <summary>Address of the issuer, below which <c>/.well-known/openid-configuration</c> lies; empty to accept API keys alone. For Entra ID <c>https://login.microsoftonline.com/{tenant}/v2.0</c>.</summary>
    public string? Authority { get; set; }

    /// <summary>Audience that a token must be for: the application id of this API.</summary>
    public string? Audience { get; set; }

    /// <summary>Claim that names the holder's roles.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Claim that names the holder in audit rows.</summary>
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>Claims that row filters may use as <c>$claims.name</c>, separated by commas.</summary>
    public string FilterClaims { get; set; } = "property_ids";

    /// <summary>True when tokens are accepted.</summary>
    public bool IsOn => !string.IsNullOrEmpty(Authority);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => !IsOn ? null
        : !Uri.TryCreate(Authority, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback) ? "Oidc:Authority must be an https address. Example: https://login.microsoftonline.com/<tenant>/v2.0"
        : string.IsNullOrEmpty(Audience) ? "Oidc:Audience must be set together with Oidc:Authority: the application id that tokens are for."
        : null;
}
