using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Operations.Outbound;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Marketing.Library.Uploads;

/// <summary>
/// <c>/api/content_library/uploads</c>, <c>…/files</c> and <c>…/imports</c>: the three ways for a caller to get a file in. Each makes a row of
/// <c>marketing_ops.asset_uploads</c>, which only its caller sees.
/// </summary>
internal static class UploadEndpoints
{
    private const int MaxFieldBytes = 16 * 1024;
    private const int MaxSections = 20;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("content_library/uploads", (RequestDelegate)StartAsync).RequireScope(Scopes.Write);
        api.MapPost("content_library/uploads/{id}/complete", (RequestDelegate)CompleteAsync).RequireScope(Scopes.Write);
        api.MapGet("content_library/uploads/{id}", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);
        api.MapPost("content_library/files", (RequestDelegate)PostAsync).RequireScope(Scopes.Write);
        api.MapPost("content_library/imports", (RequestDelegate)ImportAsync).RequireScope(Scopes.Write);
        api.MapGet("content_library/imports/{id}", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);
    }

    private static async Task StartAsync(HttpContext context)
    {
        var request = MayCreate(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var members = UploadRequest.Members(body.RootElement);
        var wanted = UploadRequest.Read(members, "method");
        var method = members.GetValueOrDefault("method") ?? "put";
        if (method is not ("put" or "blocks")) throw new ProblemException(Problem.Unprocessable("invalid_upload", "method is put (the file in one request) or blocks.", new FieldError("method", "not_allowed", "Send put or blocks.")));
        var limits = request.Service<UploadLimits>();
        CheckSize(wanted, limits.MaxFileBytes);

        var id = await request.Service<UploadLedger>().OpenAsync("direct", request.Caller, Sharing(request, wanted), null, limits.OpenFor, request.Aborted);
        var staging = request.Service<BlobServiceClient>().GetBlobContainerClient(limits.StagingContainer);
        await staging.CreateIfNotExistsAsync(cancellationToken: request.Aborted);
        // Before service version 2026-04-06, writing in blocks needs w, which could also overwrite; what it could overwrite is staged for this
        // upload alone and leaves the container when the upload is completed.
        var permissions = method == "put" ? BlobSasPermissions.Create : BlobSasPermissions.Create | BlobSasPermissions.Write;
        var expiresAt = limits.Now + limits.AddressLife;
        var address = await request.Service<BlobAddress>().SignAsync(staging.GetBlobClient(id.ToString("N")), permissions, expiresAt, request.Aborted);
        context.Response.Headers.Location = $"/api/content_library/uploads/{id}";
        await SendAsync(context, StatusCodes.Status201Created, new UploadStarted(
            id, method, address.AbsoluteUri, new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob", ["If-None-Match"] = "*" }, expiresAt, limits.MaxFileBytes, $"/api/content_library/uploads/{id}/complete"), UploadJson.Default.UploadStarted);
    }

    private static async Task CompleteAsync(HttpContext context)
    {
        var request = MayCreate(context);
        var upload = await OwnAsync(request);
        if (upload.Kind != "direct") throw new ProblemException(Problem.Conflict("not_a_direct_upload", "Only uploads that a client writes itself are completed."));
        await request.Service<CompleteUpload>().RunAsync(upload, request.Aborted);
        await ReportAsync(request, upload.Id, StatusCodes.Status200OK);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var request = Request(context);
        await ReportAsync(request, (await OwnAsync(request)).Id, StatusCodes.Status200OK);
    }

    // Fields come before the file, so that it can be streamed.
    private static async Task PostAsync(HttpContext context)
    {
        var request = MayCreate(context);
        var limits = request.Service<UploadLimits>();
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
            throw new ProblemException(Problem.UnsupportedMediaType("multipart/form-data"));
        if (context.Request.ContentLength > limits.MaxPostedBytes + (MaxFieldBytes * MaxSections)) throw new ProblemException(Problem.TooLarge(limits.MaxPostedBytes));

        var reader = new MultipartReader(boundary, context.Request.Body);
        var members = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var sections = 0; sections < MaxSections && await NextAsync(reader, request.Aborted) is { } section; sections++)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) continue;
            if (!disposition.IsFileDisposition())
            {
                members[HeaderUtilities.RemoveQuotes(disposition.Name).ToString()] = await TextAsync(section, request.Aborted);
                continue;
            }
            members.TryAdd("filename", HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString());
            var wanted = UploadRequest.Read(members);
            CheckSize(wanted, limits.MaxPostedBytes);
            await StoreAsync(request, wanted, section.Body, limits);
            return;
        }
        throw new ProblemException(Problem.Unprocessable("invalid_upload", "Send the file as a part with a file name, after its fields.", new FieldError("file", "required", "The file is missing.")));
    }

    private static async Task StoreAsync(ResourceRequest request, UploadRequest wanted, Stream content, UploadLimits limits)
    {
        var ledger = request.Service<UploadLedger>();
        var id = await ledger.OpenAsync("posted", request.Caller, Sharing(request, wanted), null, limits.AddressLife, request.Aborted);
        var upload = (await ledger.FindAsync(id, request.Aborted))!;
        try
        {
            await request.Service<StageFile>().RunAsync(upload, content, limits.MaxPostedBytes, request.Aborted);
        }
        catch (FileTooLargeException large)
        {
            await ledger.EndAsync(id, "failed", large.Message, CancellationToken.None);
            throw new ProblemException(Problem.TooLarge(large.MaxBytes));
        }
        catch (Exception cut) when (cut is InvalidDataException || (cut is IOException && cut is not BadHttpRequestException))
        {
            await ledger.EndAsync(id, "failed", "The file broke off.", CancellationToken.None);
            throw Malformed();
        }
        await request.Service<CompleteUpload>().RunAsync(upload, request.Aborted);
        await ReportAsync(request, id, StatusCodes.Status201Created);
    }

    private static async Task ImportAsync(HttpContext context)
    {
        var request = MayCreate(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var members = UploadRequest.Members(body.RootElement);
        if (!Uri.TryCreate(members.GetValueOrDefault("url"), UriKind.Absolute, out var address) || address.AbsoluteUri.Length > 2_000) throw Refuse("Send url: an absolute https address of at most 2000 characters.");
        if (request.Service<OutboundHttp>().Problem(address) is { } problem) throw Refuse(problem);
        if (members.GetValueOrDefault("filename") is null) members["filename"] = UploadRequest.Clean(Uri.UnescapeDataString(address.AbsolutePath)) ?? "import";
        var limits = request.Service<UploadLimits>();
        var wanted = UploadRequest.Read(members, "url");
        CheckSize(wanted, limits.MaxFileBytes);
        var id = await request.Service<UploadLedger>().OpenAsync("import", request.Caller, Sharing(request, wanted), address.AbsoluteUri, limits.OpenFor, request.Aborted);
        await request.Service<WorkQueue>().SendAsync(QueueNames.ImportFile, id, null, request.Aborted);
        context.Response.Headers.Location = $"/api/content_library/imports/{id}";
        await ReportAsync(request, id, StatusCodes.Status202Accepted);

        static ProblemException Refuse(string message) => new(Problem.Unprocessable("invalid_import", message, new FieldError("url", "not_fetchable", message)));
    }

    private static void CheckSize(UploadRequest wanted, long maxBytes)
    {
        if (wanted.SizeBytes > maxBytes)
            throw new ProblemException(Problem.Unprocessable("invalid_upload", $"At most {maxBytes} bytes are taken.", new FieldError("size_bytes", "too_large", $"At most {maxBytes} bytes are taken.")));
    }

    // A caller that may not see every asset is not told whether another one has the same content.
    private static UploadRequest Sharing(ResourceRequest request, UploadRequest wanted) => request.To(TableAction.Read).Rows is null ? wanted : wanted with { AllowDuplicate = true };

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception malformed) when (malformed is IOException or InvalidDataException)
        {
            throw Malformed();
        }
    }

    private static ProblemException Malformed() => new(Problem.BadRequest("malformed_multipart", "The body is not multipart/form-data with the boundary that its content type names, or it breaks off."));

    private static async Task<string> TextAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxFieldBytes + 1];
        var read = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return read <= MaxFieldBytes ? System.Text.Encoding.UTF8.GetString(buffer, 0, read) : throw new ProblemException(Problem.TooLarge(MaxFieldBytes));
    }

    private static ResourceRequest Request(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("content_library"));

    private static ResourceRequest MayCreate(HttpContext context)
    {
        var request = Request(context);
        request.To(TableAction.Create);
        return request;
    }

    private static async Task<Upload> OwnAsync(ResourceRequest request)
    {
        var text = (string)request.Context.GetRouteValue("id")!;
        return Guid.TryParse(text, out var id) && await request.Service<UploadLedger>().FindAsync(id, request.Aborted) is { } upload && upload.Subject == request.Caller.Subject
            ? upload
            : throw new ProblemException(new Problem(404, "not_found", "There is no such upload of yours."));
    }

    private static async Task ReportAsync(ResourceRequest request, Guid id, int status)
    {
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select json_build_object('id', upload.id, 'kind', upload.kind, 'state', upload.state, 'reason', upload.reason, 'filename', upload.filename, 'url', upload.source_url,
                'sha256', encode(upload.sha256, 'hex'), 'is_duplicate', upload.is_duplicate, 'asset', asset.id, 'asset_id', asset.asset_id, 'asset_status', asset.status,
                'created_at', upload.created_at, 'expires_at', upload.expires_at, 'finished_at', upload.finished_at)::text
            from   marketing_ops.asset_uploads upload
            left   join marketing_ops.ingested_blobs blob on blob.container = $2 and blob.blob_name = upload.blob_name
            left   join marketing.content_library asset on asset.id = blob.asset_id
            where  upload.id = $1
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(request.Service<UploadLimits>().UploadsContainer);
        var json = (string)(await command.ExecuteScalarAsync(request.Aborted))!;
        await Results.Text(json, "application/json", statusCode: status).ExecuteAsync(request.Context);
    }

    private static Task SendAsync<T>(HttpContext context, int status, T answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        Results.Json(answer, type, statusCode: status).ExecuteAsync(context);
}

/// <summary>Where a client writes its file.</summary>
internal sealed record UploadStarted(Guid Id, string Method, string Url, Dictionary<string, string> Headers, DateTimeOffset ExpiresAt, long MaxBytes, string Complete);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(UploadStarted))]
internal sealed partial class UploadJson : System.Text.Json.Serialization.JsonSerializerContext;
