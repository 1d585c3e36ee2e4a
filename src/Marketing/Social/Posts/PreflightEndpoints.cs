using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketing.Identity;
using Marketing.Resources.Http;
using Marketing.Social.Preflight;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Social.Posts;

/// <summary><c>POST /api/social_posts/preflight</c>: findings for drafts that are not stored, on any number of accounts or platforms. <c>GET …/{id}/preflight</c>: for a stored one.</summary>
internal static class PreflightEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("social_posts/preflight", (RequestDelegate)CheckAsync).RequireScope(Scopes.Read);
        api.MapGet("social_posts/{id}/preflight", (RequestDelegate)CheckStoredAsync).RequireScope(Scopes.Read);
    }

    private static async Task CheckAsync(HttpContext context)
    {
        var request = SocialPostEndpoints.Request(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, request.Aborted);
        var variants = await ReadVariants.RunAsync(request, body.RootElement);
        var results = await request.Service<RunPreflight>().RunAsync([.. variants.Select(variant => (variant.Post, variant.Options, variant.Platform))], request.Aborted);
        await SendAsync(context, results, isList: true);
    }

    private static async Task CheckStoredAsync(HttpContext context)
    {
        var request = SocialPostEndpoints.Request(context);
        await SendAsync(context, [await request.Service<RunPreflight>().StoredAsync(await request.VisibleRowAsync(), request.Aborted)], isList: false);
    }

    private static async Task SendAsync(HttpContext context, IReadOnlyList<PreflightResult> results, bool isList)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        await using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            if (isList)
            {
                json.WriteStartObject();
                json.WriteBoolean("can_publish", results.All(result => !result.Errors.Any()));
                json.WriteStartArray("variants");
            }
            foreach (var (result, index) in results.Select((result, index) => (result, index))) Write(json, result, isList ? index : null);
            if (isList)
            {
                json.WriteEndArray();
                json.WriteEndObject();
            }
        }
        await ListEndpoint.SendAsync(context, StatusCodes.Status200OK, buffer.WrittenMemory, AnswerFormat.Json);
    }

    private static void Write(Utf8JsonWriter json, PreflightResult result, int? index)
    {
        json.WriteStartObject();
        if (index is { } number) json.WriteNumber("index", number);
        json.WriteString("platform", result.Draft?.Rules.Platform);
        json.WriteString("account_id", result.Draft?.Account?.Id.ToString());
        json.WriteBoolean("can_publish", !result.Errors.Any());
        if (result.Caption is { } caption)
        {
            json.WriteStartObject("caption");
            json.WriteString("text", caption.Text);
            json.WriteNumber("length", caption.Length);
            json.WriteNumber("limit", caption.Rule.Max);
            json.WriteString("unit", CountCaption.Name(caption.Rule.Unit));
            json.WriteEndObject();
        }
        json.WritePropertyName("findings");
        JsonSerializer.Serialize(json, result.Findings, FindingJson.Default.IReadOnlyListFinding);
        json.WriteEndObject();
    }
}

[JsonSerializable(typeof(IReadOnlyList<Finding>))]
internal sealed partial class FindingJson : JsonSerializerContext;
