using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Marketing.Identity;

/// <summary>
/// Finds the holder of an OpenID Connect token: signature by the issuer's published keys, issuer, audience, lifetime. What it may do comes
/// from the roles that the token names and this product knows.
/// </summary>
public sealed partial class TokenCallers
{
    // How soon a signing key that the issuer has just begun to use is looked for; how far the clocks of both may differ.
    private static readonly TimeSpan RefreshAtMost = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly OidcOptions options;
    private readonly Roles roles;
    private readonly TimeProvider clock;
    private readonly ILogger<TokenCallers> log;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? issuer;
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    /// <summary>Nothing is asked of the issuer until the first token.</summary>
    public TokenCallers(IOptions<OidcOptions> options, Roles roles, IHttpClientFactory http, TimeProvider clock, ILogger<TokenCallers> log)
    {
        (this.options, this.roles, this.clock, this.log) = (options.Value, roles, clock, log);
        if (!this.options.IsOn) return;
        var documents = new HttpDocumentRetriever(http.CreateClient(OidcOptions.Section)) { RequireHttps = !new Uri(this.options.Authority!).IsLoopback };
        issuer = new($"{this.options.Authority!.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), documents) { RefreshInterval = RefreshAtMost };
    }

    /// <summary>The holder of a token; null when it is not valid here.</summary>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (issuer is null || token.Count(letter => letter == '.') != 2) return null;
        var lookup = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var now = clock.GetUtcNow();
        if (known.TryGetValue(lookup, out var entry) && entry.Until > now) return entry.Caller;
        known.TryRemove(lookup, out _);
        if (await ValidateAsync(token, cancellationToken) is not { } valid) return null;

        var caller = await ReadAsync(valid, cancellationToken);
        var until = now + ApiClients.KnownFor;
        known[lookup] = (caller, valid.ValidTo < until ? valid.ValidTo : until);
        foreach (var (old, _) in known.Where(pair => pair.Value.Until <= now)) known.TryRemove(old, out _);
        return caller;
    }

    private async Task<JsonWebToken?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var published = await issuer!.GetConfigurationAsync(cancellationToken);
            var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
            {
                ValidIssuer = published.Issuer,
                ValidAudience = options.Audience,
                IssuerSigningKeys = published.SigningKeys,
                ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
                ClockSkew = ClockSkew,
                RequireSignedTokens = true,
                RequireExpirationTime = true,
            });
            if (result.IsValid) return (JsonWebToken)result.SecurityToken;
            if (result.Exception is not SecurityTokenSignatureKeyNotFoundException || attempt > 1)
            {
                LogRefused(result.Exception?.GetType().Name ?? "unknown");
                return null;
            }
            // The issuer may sign with a newer key.
            issuer.RequestRefresh();
        }
    }

    private async Task<Caller> ReadAsync(JsonWebToken token, CancellationToken cancellationToken)
    {
        var held = await roles.FindAsync([.. Values(token, options.RoleClaim)], cancellationToken);
        var name = token.TryGetClaim(options.NameClaim, out var named) && named.Value.Length > 0 ? named.Value : token.Subject;
        return new Caller(null, name, held.SelectMany(role => role.Scopes).ToHashSet(StringComparer.Ordinal))
        {
            Subject = $"{token.Issuer}|{token.Subject}",
            Grants = [.. held.SelectMany(role => role.Grants)],
            Claims = options.FilterClaims.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToDictionary(claim => claim, claim => (IReadOnlyList<string>)[.. Values(token, claim)]),
        };
    }

    private static IEnumerable<string> Values(JsonWebToken token, string claim) => token.Claims.Where(held => held.Type == claim).Select(held => held.Value);

    [LoggerMessage(201, LogLevel.Information, "A token was refused: {Reason}")]
    private partial void LogRefused(string reason);
}
