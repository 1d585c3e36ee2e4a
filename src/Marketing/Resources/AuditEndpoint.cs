using Marketing.Identity;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Resources;

/// <summary><c>GET /api/audit</c>: who changed what, in the same grammar as the tables, with the scope admin.</summary>
internal static class AuditEndpoint
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api, ResourceCatalog catalog) =>
        api.MapMethods("audit", Read, context => ListEndpoint.RunAsync(ResourceRequest.Of(context, catalog.Audit))).RequireScope(Scopes.Admin);
}
