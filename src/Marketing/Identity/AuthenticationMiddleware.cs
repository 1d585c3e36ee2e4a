using Marketing.Problems;
using Microsoft.AspNetCore.Http;

namespace Marketing.Identity;

/// <summary>Lets a request through when its key holds the scope that the endpoint states.</summary>
internal sealed class AuthenticationMiddleware(RequestDelegate next, ApiClients clients, TokenCallers tokens, RateLimits limits)
{
    private const string Bearer = "Bearer ";

    /// <summary>Checks one request.</summary>
    /// <exception cref="InvalidOperationException">The endpoint states no scope: a fault of the program, which answers nobody.</exception>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<NoKeyNeeded>() is not null)
        {
            await next(context);
            return;
        }

        // An endpoint that the router made for an answer of its own, such as 405, has no scope and shows nothing.
        if (endpoint.Metadata.GetMetadata<RequiredScope>() is not { Scope: var scope })
        {
            if (endpoint is Microsoft.AspNetCore.Routing.RouteEndpoint) throw new InvalidOperationException($"{endpoint.DisplayName} states no scope.");
            await next(context);
            return;
        }

        var refusal = await RefuseAsync(context, scope) ?? limits.Refuse(context, context.GetCaller());
        if (refusal is null) await next(context);
        else await refusal.ExecuteAsync(context);
    }

    private async Task<Problem?> RefuseAsync(HttpContext context, string scope)
    {
        if (Key(context.Request) is not { Length: > 0 } key)
            return Problem.Unauthorized("missing_key", "Send an API key as 'Authorization: Bearer mkt_…' or 'x-api-key: mkt_…', or a token of your identity provider as 'Authorization: Bearer …'.") with { ApiCode = "PGRST302" };
        if ((await clients.FindAsync(key, context.RequestAborted) ?? await tokens.FindAsync(key, context.RequestAborted)) is not { } caller)
            return Problem.Unauthorized("invalid_key", "The API key or token is not valid. Check that it is whole, not expired and not revoked, and that a token is meant for this API.") with { ApiCode = "PGRST301" };
        if (!caller.Has(scope)) return Problem.Forbidden("missing_scope", $"The key lacks the scope {scope}. Use a key that holds it.") with { ApiCode = "42501" };
        context.Features.Set(caller);
        return null;
    }

    private static string? Key(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : request.Headers["x-api-key"].FirstOrDefault();
    }
}
