using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.Identity;

/// <summary>States the scope of endpoints and finds the caller of a request.</summary>
public static class EndpointAuthorization
{
    /// <summary>The endpoint answers only to keys that hold the scope: 401 without a valid key, 403 without the scope.</summary>
    /// <param name="endpoint">An endpoint or a group of them.</param>
    /// <param name="scope">One of <see cref="Scopes"/>.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequiredScope(scope));

    /// <summary>The endpoint needs no key: webhooks that are signed, health, the API description.</summary>
    public static TBuilder AllowWithoutKey<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new NoKeyNeeded());

    /// <summary>Who makes this request.</summary>
    /// <exception cref="InvalidOperationException">The endpoint needs no key, so there is no caller.</exception>
    public static Caller GetCaller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint has no caller: it does not require a scope.");
}

/// <summary>Endpoint metadata: the scope that a key must hold.</summary>
/// <param name="Scope">One of <see cref="Scopes"/>.</param>
public sealed record RequiredScope(string Scope);

/// <summary>Endpoint metadata: no key is needed.</summary>
public sealed record NoKeyNeeded;
