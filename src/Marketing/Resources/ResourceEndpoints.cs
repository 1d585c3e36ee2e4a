using Marketing.Identity;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Resources;

/// <summary>The endpoints of one resource.</summary>
internal static class ResourceEndpoints
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Options = [HttpMethods.Options];

    /// <summary>Maps them below the resource's table name.</summary>
    public static void Map(IEndpointRouteBuilder api, Resource resource)
    {
        var (table, item, bulk) = (resource.Table, $"{resource.Table}/{{id}}", $"{resource.Table}/bulk");
        var writeScope = resource.Description.WriteScope;
        RequestDelegate To(Func<ResourceRequest, Task> run) => context => run(ResourceRequest.Of(context, resource));

        api.MapMethods(table, Read, To(ListEndpoint.RunAsync)).RequireScope(Scopes.Read);
        api.MapPost(table, To(TableWriteEndpoints.CreateAsync)).RequireScope(writeScope);
        api.MapPut(table, To(TableWriteEndpoints.PutAsync)).RequireScope(writeScope);
        api.MapPatch(table, To(TableWriteEndpoints.UpdateAsync)).RequireScope(writeScope);
        api.MapDelete(table, To(TableWriteEndpoints.DeleteAsync)).RequireScope(writeScope);
        api.MapPost(bulk, To(BulkEndpoint.RunAsync)).RequireScope(writeScope);

        api.MapMethods(item, Read, To(ItemEndpoints.ReadAsync)).RequireScope(Scopes.Read);
        api.MapPatch(item, To(ItemEndpoints.UpdateAsync)).RequireScope(writeScope);
        api.MapPut(item, To(ItemEndpoints.PutAsync)).RequireScope(writeScope);
        api.MapDelete(item, To(ItemEndpoints.DeleteAsync)).RequireScope(writeScope);

        api.MapMethods(table, Options, context => Allow(context, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")).AllowWithoutKey();
        api.MapMethods(item, Options, context => Allow(context, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS")).AllowWithoutKey();
    }

    private static Task Allow(HttpContext context, string methods)
    {
        context.Response.Headers.Allow = methods;
        context.Response.Headers["Accept-Patch"] = ItemEndpoints.PatchTypes;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
