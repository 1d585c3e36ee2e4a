using System.Text;
using Marketing.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;

namespace Marketing.Resources.OpenApi;

/// <summary><c>GET /api/openapi.json</c>, the description for machines, and <c>GET /api/docs</c>, a page that shows it to people.</summary>
internal static class OpenApiEndpoints
{
    // The page's own script and styles are served from below its address; nothing is loaded from elsewhere.
    private const string PagePolicy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var document = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(DescribeApi.Run(api.ServiceProvider.GetRequiredService<ResourceCatalog>(), api.ServiceProvider.GetRequiredService<EndpointDataSource>().Endpoints).ToJsonString()));
        api.MapGet("openapi.json", context => Results.Bytes(document.Value, "application/json").ExecuteAsync(context)).AllowWithoutKey().ExcludeFromDescription();
        api.MapScalarApiReference("docs", options => options.WithTitle("Marketing API").WithOpenApiRoutePattern("/api/openapi.json").DisableDefaultFonts().DisableAgent()
            .AddHeadContent("<meta name=\"referrer\" content=\"no-referrer\">"))
            .AddEndpointFilter((context, next) =>
            {
                context.HttpContext.Response.Headers.ContentSecurityPolicy = PagePolicy;
                return next(context);
            })
            .AllowWithoutKey()
            .ExcludeFromDescription();
    }
}
