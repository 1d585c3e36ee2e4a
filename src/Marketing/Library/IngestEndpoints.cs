using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Library.Ingest;
using Marketing.Library.Ingest.Video;
using Marketing.Library.Renditions;
using Marketing.Library.Tagging;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Access;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Library;

/// <summary>
/// <c>GET /api/content_library/ingest</c>: how far ingest is. <c>GET …/{id}/ingest</c>: how that of an asset went, why it failed, its renditions.
/// <c>POST …/{id}/retry</c> tries again, <c>POST …/{id}/retag</c> looks again.
/// </summary>
internal static class IngestEndpoints
{
    private const string Table = "content_library";

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet($"{Table}/ingest", (RequestDelegate)ProgressAsync).RequireScope(Scopes.Read);
        api.MapGet($"{Table}/{{id}}/ingest", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);
        api.MapPost($"{Table}/{{id}}/retry", (RequestDelegate)RetryAsync).RequireScope(Scopes.Write);
        api.MapPost($"{Table}/{{id}}/retag", (RequestDelegate)RetagAsync).RequireScope(Scopes.Write);
    }

    private static async Task ProgressAsync(HttpContext context)
    {
        // It counts and names every upload, so it is for those who may see every asset.
        if (Request(context).To(TableAction.Read).Rows is not null)
            throw new ProblemException(Problem.Forbidden("not_granted", "Your role sees some assets only, and this counts all of them. Read GET /api/content_library/{id}/ingest of an asset."));
        await Results.Text(await context.RequestServices.GetRequiredService<IngestProgress>().ReadAsync(context.RequestAborted), "application/json").ExecuteAsync(context);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var request = Request(context);
        var id = await request.VisibleRowAsync();
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select json_build_object('container', container, 'blob_name', blob_name, 'state', state, 'reason', reason, 'sha256', encode(sha256, 'hex'),
                'attempts', attempts, 'renditions', renditions, 'created_at', created_at, 'finished_at', finished_at,
                'features', (select json_build_object('phash', phash::text, 'thumbhash', encode(thumbhash, 'base64'), 'sharpness', sharpness, 'exposure', exposure, 'face_count', face_count, 'faces', faces)
                             from marketing_ops.asset_features where asset_id = $1),
                'tagging', (select json_build_object('tagger', tagger, 'model', model, 'tagged_at', tagged_at, 'input_tokens', input_tokens, 'output_tokens', output_tokens, 'tags',
                                (select coalesce(json_agg(json_build_object('tag', tag, 'confidence', confidence, 'removed', removed_at is not null) order by confidence desc), '[]') from marketing_ops.asset_tags where asset_id = $1))
                            from marketing_ops.asset_tagging where asset_id = $1))::text
            from   marketing_ops.ingested_blobs where asset_id = $1
            """);
        command.Parameters.AddWithValue(id);
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not string json) throw new ProblemException(Problem.NotFound("content_library (ingested)", request.Key.Text));
        var answer = JsonNode.Parse(json)!.AsObject();
        var hasVideo = answer["renditions"]?.AsArray().Any(rendition => (string?)rendition!["format"] == "mp4") == true;
        answer["media"] = await AddressesAsync(request, id, hasVideo);
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static async Task RetryAsync(HttpContext context)
    {
        var request = Request(context);
        await request.Service<RetryIngest>().RunAsync(await ChangeableRowAsync(request), request.Caller, request.Aborted);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await Results.Text("""{"state":"processing"}""", "application/json", statusCode: StatusCodes.Status202Accepted).ExecuteAsync(context);
    }

    private static async Task RetagAsync(HttpContext context)
    {
        var request = Request(context);
        var id = await ChangeableRowAsync(request);
        using (var turn = await request.Service<RenderGate>().TryEnterAsync(request.Aborted))
        {
            if (turn is null) throw new ProblemException(new Problem(503, "busy", "Too many pictures are being looked at. Ask again in a moment.") { RetryAfterSeconds = 2 });
            if (!await LookAgainAsync(request, id))
                throw new ProblemException(Problem.Conflict("no_picture", "The asset has no picture to look at. Read GET /api/content_library/{id}/ingest for the reason."));
        }
        var item = await request.Service<ReadItem>().RunAsync(new ReadPlan(request.Everything()), RowKey.Of(request.Resource, id), request.Aborted);
        context.Response.Headers.ETag = item!.ETag;
        await ListEndpoint.SendAsync(context, StatusCodes.Status200OK, item.Json, AnswerFormat.Json);
    }

    private static async Task<bool> LookAgainAsync(ResourceRequest request, Guid id)
    {
        try
        {
            return await request.Service<RetagAsset>().RunAsync(id, request.Aborted);
        }
        catch (HttpRequestException silent)
        {
            throw new ProblemException(new Problem(503, "tagger_unavailable", $"The tagger did not answer. {silent.Message} Ask again later.") { RetryAfterSeconds = 30 });
        }
    }

    // Seen is not enough: the rows that a role may change can be fewer.
    private static async Task<Guid> ChangeableRowAsync(ResourceRequest request)
    {
        var id = await request.VisibleRowAsync();
        if (request.To(TableAction.Update).Rows is not { } rows) return id;
        var query = new ReadQuery(new TableAccess(request.Resource, request.To(TableAction.Read).Columns, rows, check: null));
        new ParseSelect(request.Access).Run(query, "id");
        return await request.Service<ReadItem>().RunAsync(new ReadPlan(query), request.Key, request.Aborted) is not null
            ? id
            : throw new ProblemException(Problem.Forbidden("not_granted", "Your role may not update this row of content_library."));
    }

    private static async Task<JsonObject> AddressesAsync(ResourceRequest request, Guid id, bool hasVideo)
    {
        var addresses = new JsonObject();
        if (await request.Service<ServeRendition>().FindAsync(id, request.Aborted) is not { } asset) return addresses;
        var address = request.Service<MediaAddress>();
        foreach (var preset in Preset.All)
            addresses[preset.Name] = new JsonObject(RenderPreset.Formats.Keys.Select(extension => KeyValuePair.Create(extension, (JsonNode?)address.Of(asset.Owner, preset, extension, asset.Focus))));
        if (hasVideo) addresses["video"] = new JsonObject { ["mp4"] = address.Of(asset.Owner, MakeMp4.FileName) };
        return addresses;
    }

    private static ResourceRequest Request(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of(Table));
}
