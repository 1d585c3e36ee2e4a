using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Resources;

/// <summary>The endpoints of one resource: list, read, create, change, delete.</summary>
internal static class ResourceEndpoints
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps them below the resource's table name.</summary>
    public static void Map(IEndpointRouteBuilder api, Resource resource)
    {
        var writeScope = resource.Description.WriteScope;
        api.MapMethods(resource.Table, Read, context => ListAsync(context, resource)).RequireScope(Scopes.Read);
        api.MapMethods($"{resource.Table}/{{id}}", Read, context => ReadAsync(context, resource)).RequireScope(Scopes.Read);
        api.MapPost(resource.Table, (RequestDelegate)(context => CreateAsync(context, resource))).RequireScope(writeScope);
        api.MapPatch($"{resource.Table}/{{id}}", (RequestDelegate)(context => UpdateAsync(context, resource))).RequireScope(writeScope);
        api.MapDelete($"{resource.Table}/{{id}}", (RequestDelegate)(context => DeleteAsync(context, resource))).RequireScope(writeScope);
    }

    private static async Task ListAsync(HttpContext context, Resource resource)
    {
        var query = ParseListQuery.Run(resource, context.Request.Query);
        var page = await context.RequestServices.GetRequiredService<ReadList>().RunAsync(query, context.RequestAborted);
        if (page.NextCursor is { } cursor) context.Response.Headers.Link = $"<{NextPage(context.Request, cursor)}>; rel=\"next\"";
        await WriteAsync(context, StatusCodes.Status200OK, page.Json);
    }

    private static async Task ReadAsync(HttpContext context, Resource resource)
    {
        var unknown = context.Request.Query.Keys.FirstOrDefault(name => name != "select");
        if (unknown is not null) throw new ProblemException(Problem.BadRequest("invalid_query", $"A single row takes no parameter but select. Remove '{unknown}'."));
        var select = ParseListQuery.Select(resource, ParseListQuery.Single(context.Request.Query, "select"));
        var key = Key(context, resource);
        var item = await context.RequestServices.GetRequiredService<ReadItem>().RunAsync(resource, select, key, context.RequestAborted)
            ?? throw new ProblemException(Problem.NotFound(resource.Table, key.Text));
        context.Response.Headers.ETag = item.ETag;
        if (ETag.IsKnown(context.Request.Headers.IfNoneMatch, item.ETag)) context.Response.StatusCode = StatusCodes.Status304NotModified;
        else await WriteAsync(context, StatusCodes.Status200OK, item.Json);
    }

    private static async Task CreateAsync(HttpContext context, Resource resource)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var (id, item) = await Writer(context, resource).CreateAsync(resource, body.RootElement, context.GetCaller(), context.RequestAborted);
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')}/{id}";
        context.Response.Headers.ETag = item.ETag;
        await WriteAsync(context, StatusCodes.Status201Created, item.Json);
    }

    private static async Task UpdateAsync(HttpContext context, Resource resource)
    {
        var key = Key(context, resource);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var item = await Writer(context, resource).UpdateAsync(resource, key, body.RootElement, context.Request.Headers.IfMatch, context.GetCaller(), context.RequestAborted);
        context.Response.Headers.ETag = item.ETag;
        await WriteAsync(context, StatusCodes.Status200OK, item.Json);
    }

    private static async Task DeleteAsync(HttpContext context, Resource resource)
    {
        await Writer(context, resource).DeleteAsync(resource, Key(context, resource), context.Request.Headers.IfMatch, context.GetCaller(), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static RowKey Key(HttpContext context, Resource resource) => RowKey.Read(resource, (string)context.GetRouteValue("id")!);

    private static RowWriter Writer(HttpContext context, Resource resource) =>
        (RowWriter)context.RequestServices.GetRequiredService(typeof(RowWriter<>).MakeGenericType(resource.Description.Entity));

    // Relative to the address the caller used, which a proxy may have rewritten.
    private static string NextPage(HttpRequest request, string cursor)
    {
        var query = request.Query.Where(parameter => parameter.Key != "cursor")
            .SelectMany(parameter => parameter.Value.Select(value => $"{Uri.EscapeDataString(parameter.Key)}={Uri.EscapeDataString(value ?? "")}"))
            .Append($"cursor={cursor}");
        return $"{request.PathBase}{request.Path}?{string.Join('&', query)}";
    }

    private static async Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
