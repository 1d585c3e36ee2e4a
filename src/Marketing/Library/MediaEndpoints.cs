using Marketing.Identity;
using Marketing.Library.Ingest;
using Marketing.Library.Ingest.Video;
using Marketing.Library.Renditions;
using Marketing.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Marketing.Library;

/// <summary><c>GET /api/media/{asset}/{preset}.{ext}</c>: a rendition by its signed address, for browsers and platforms, which have no key.</summary>
internal static class MediaEndpoints
{
    private const int RetrySeconds = 2;

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapMethods("media/{asset:guid}/{file}", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)ServeAsync).AllowWithoutKey();

    private static async Task ServeAsync(HttpContext context)
    {
        var (services, query) = (context.RequestServices, context.Request.Query);
        var (assetId, file) = (Guid.Parse((string)context.GetRouteValue("asset")!), (string)context.GetRouteValue("file")!);
        var address = services.GetRequiredService<MediaAddress>();
        if (!address.IsGenuine(assetId, file, query["s"].ToString()))
            throw new ProblemException(Problem.Forbidden("invalid_signature", "The address is not signed by this product or was changed. Take addresses from GET /api/content_library/{id}/ingest."));
        var serve = services.GetRequiredService<ServeRendition>();
        if (file == MakeMp4.FileName)
        {
            await ServeVideoAsync(context, await serve.FindAsync(assetId, context.RequestAborted));
            return;
        }
        if (file.Split('.') is not [var name, var extension] || Preset.Find(name) is not { } preset || !RenderPreset.Formats.TryGetValue(extension, out var mediaType) || await serve.FindAsync(assetId, context.RequestAborted) is not { } asset)
            throw new ProblemException(new Problem(404, "no_rendition", "The asset is gone, not active, or no picture can be made of it."));

        var version = RenditionVersion.Of(asset.Owner, preset, asset.Focus);
        if (query["v"] != version)
        {
            // The content or the focal point has changed since the address was made.
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.Redirect(address.Of(asset.Owner, preset, extension, asset.Focus), permanent: false);
            return;
        }

        var tag = new EntityTagHeaderValue($"\"{version}-{preset.Name}-{extension}\"");
        if (await ContentAsync(serve, asset, preset, extension, context.RequestAborted) is not { } content)
            throw new ProblemException(new Problem(503, "busy", "Too many pictures are being made at the moment. Ask again in a moment.") { RetryAfterSeconds = RetrySeconds });
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await Results.Bytes(content, mediaType, enableRangeProcessing: true, entityTag: tag).ExecuteAsync(context);
    }

    private static async Task ServeVideoAsync(HttpContext context, ServedAsset? asset)
    {
        if (asset is null || await context.RequestServices.GetRequiredService<StoreRenditions>().OpenAsync(asset.Owner.Prefix + MakeMp4.FileName, context.RequestAborted) is not { } video)
            throw new ProblemException(new Problem(404, "no_rendition", "The asset is gone, not active, or no MP4 was made of it. Read GET /api/content_library/{id}/ingest."));
        await using (video)
        {
            if (context.Request.Query["v"] != asset.Owner.ContentHash)
            {
                context.Response.Headers.CacheControl = "public, max-age=60";
                context.Response.Redirect(context.RequestServices.GetRequiredService<MediaAddress>().Of(asset.Owner, MakeMp4.FileName), permanent: false);
                return;
            }
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            await Results.Stream(video, "video/mp4", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{asset.Owner.ContentHash}-mp4\"")).ExecuteAsync(context);
        }
    }

    private static async Task<byte[]?> ContentAsync(ServeRendition serve, ServedAsset asset, Preset preset, string extension, CancellationToken cancellationToken)
    {
        try
        {
            return await serve.RunAsync(asset, preset, extension, cancellationToken);
        }
        catch (MediaException unusable)
        {
            throw new ProblemException(new Problem(404, "no_rendition", unusable.Message));
        }
        catch (Azure.RequestFailedException gone) when (gone.Status == 404)
        {
            throw new ProblemException(new Problem(404, "no_rendition", "The original file is no longer in storage."));
        }
    }
}
