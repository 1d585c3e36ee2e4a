using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketing.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Resources.OpenApi;

/// <summary>
/// Describes what is mapped and has no description of its own, from the route itself: path, method, scope and the summary given with
/// <c>WithSummary</c>. So no endpoint is missing from the document.
/// </summary>
internal static partial class DescribeEndpoints
{
    /// <summary>Adds the paths and methods that are not there yet.</summary>
    /// <param name="paths">Paths of the document, below <c>/api</c>.</param>
    /// <param name="endpoints">Everything that is mapped.</param>
    public static void Add(JsonObject paths, IEnumerable<Endpoint> endpoints)
    {
        var known = paths.ToDictionary(path => Shape(path.Key), path => path.Key, StringComparer.Ordinal);
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not null || Path(endpoint) is not { } path) continue;
            if (!known.TryGetValue(Shape(path), out var name)) known[Shape(path)] = name = path;
            var item = paths[name] as JsonObject ?? Item(endpoint);
            paths[name] = item;
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            {
                if (method is "HEAD" or "OPTIONS" || item.ContainsKey(method.ToLowerInvariant())) continue;
                item[method.ToLowerInvariant()] = Operation(endpoint, path, method);
            }
        }
    }

    /// <summary>Every group that an operation names.</summary>
    public static IEnumerable<string> Tags(JsonObject paths) => paths
        .SelectMany(path => path.Value!.AsObject()).Select(member => member.Value).OfType<JsonObject>()
        .SelectMany(operation => operation["tags"]?.AsArray().Select(tag => (string)tag!) ?? []).Distinct(StringComparer.Ordinal);

    /// <summary>The path as the document writes it; null for what is not below <c>/api</c> or is reached through a table's own description.</summary>
    internal static string? Path(RouteEndpoint endpoint)
    {
        var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        if (!pattern.StartsWith("/api/", StringComparison.Ordinal) || pattern.Contains("{table", StringComparison.Ordinal)) return null;
        return Constraint().Replace(pattern["/api".Length..], "{$1}");
    }

    /// <summary>The path with its parameters' names left out: two paths of one shape are one path.</summary>
    internal static string Shape(string path) => Parameter().Replace(path, "{}");

    private static JsonObject Item(RouteEndpoint endpoint)
    {
        var parameters = endpoint.RoutePattern.Parameters.Select(parameter => OpenApiParts.Parameter(parameter.Name, "path", parameter.Name == "id" ? "Uuid or business id." : $"The {parameter.Name.Replace('_', ' ')}.", isRequired: true)).ToArray();
        return parameters.Length == 0 ? [] : new JsonObject { ["parameters"] = new JsonArray([.. parameters]) };
    }

    private static JsonObject Operation(RouteEndpoint endpoint, string path, string method)
    {
        var words = Words().Matches(path).Select(word => word.Value);
        var id = $"{method.ToLowerInvariant()}_{string.Join('_', words)}";
        var scope = endpoint.Metadata.GetMetadata<RequiredScope>()?.Scope;
        var summary = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? $"{method} {path}";
        string[] refusals = scope is null ? ["400", "404", "413", "429", "503"] : ["400", "401", "403", "404", "409", "413", "422", "429"];
        var operation = OpenApiParts.Operation(words.First(), id, summary, scope, [], new JsonObject { ["2XX"] = OpenApiParts.Answer("Done.", null) }, refusals);
        if (method is "POST" or "PUT" or "PATCH") operation["requestBody"] = new JsonObject { ["content"] = OpenApiParts.Json(OpenApiParts.Type("object")) };
        return operation;
    }

    [GeneratedRegex(@"\{\*{0,2}([a-zA-Z_]+)[^}]*\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("[A-Za-z0-9_]+")]
    private static partial Regex Words();
}
