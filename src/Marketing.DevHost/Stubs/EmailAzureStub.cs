using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like Azure Communication Services Email: signature, operation ids, the repeatability headers, status of operations. Recipients <c>reset@</c> are taken
/// and the connection is cut, <c>500@</c> are not taken, <c>failed@</c> are taken and fail later. Source: Microsoft Learn, "Email - Send".
/// </summary>
public sealed class EmailAzureStub
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly EmailDeliveries taken;
    private readonly ConcurrentDictionary<string, (byte[] Hash, int Status, string Body)> repeats = new();
    private readonly ConcurrentDictionary<string, Operation> operations = new();

    internal EmailAzureStub(EmailDeliveries taken) => this.taken = taken;

    /// <summary>The access key that is taken, base64.</summary>
    public string AccessKey { get; } = Convert.ToBase64String(SHA256.HashData("test access key"u8));

    /// <summary>Maps the paths.</summary>
    internal void Map(WebApplication app)
    {
        app.MapPost("/emails:send", SendAsync);
        app.MapGet("/emails/operations/{id}", StatusAsync);
    }

    private async Task SendAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        if (!IsSigned(context.Request, body))
        {
            await AnswerAsync(context, 401, Error("Denied", "The request is not signed with a key of the resource."));
            return;
        }
        var (repeat, firstSent) = (context.Request.Headers["Repeatability-Request-Id"].ToString(), context.Request.Headers["Repeatability-First-Sent"].ToString());
        if (repeat.Length > 0)
        {
            if (!Guid.TryParse(repeat, out _) || !DateTimeOffset.TryParseExact(firstSent, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var first))
            {
                await AnswerAsync(context, 400, Error("BadRequest", "The repeatability headers are malformed."));
                return;
            }
            if (first < DateTimeOffset.UtcNow - Remembered)
            {
                await AnswerAsync(context, 412, Error("PreconditionFailed", "Repeatability-First-Sent is older than what is tracked."));
                return;
            }
            if (repeats.TryGetValue(repeat, out var known))
            {
                var isSame = known.Hash.AsSpan().SequenceEqual(SHA256.HashData(body));
                await AnswerAsync(context, isSame ? known.Status : 400, isSame ? known.Body : Error("BadRequest", "The repeatability id was used for another request."));
                return;
            }
        }
        await TakeAsync(context, body, repeat);
    }

    private async Task TakeAsync(HttpContext context, byte[] body, string repeat)
    {
        using var json = JsonDocument.Parse(body);
        var (root, content) = (json.RootElement, json.RootElement.GetProperty("content"));
        var to = root.GetProperty("recipients").GetProperty("to")[0].GetProperty("address").GetString()!;
        if (to.StartsWith("500@", StringComparison.Ordinal))
        {
            await AnswerAsync(context, 500, Error("InternalServerError", "Try again."));
            return;
        }
        if (!to.Contains('.', StringComparison.Ordinal) || to.StartsWith("invalid@", StringComparison.Ordinal))
        {
            await AnswerAsync(context, 400, Error("BadRequest", "Invalid format for email address", "recipients.to[0].address"));
            return;
        }
        var id = context.Request.Headers["Operation-Id"].ToString() is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        if (!operations.TryAdd(id, new Operation(to.StartsWith("failed@", StringComparison.Ordinal))))
        {
            await AnswerAsync(context, 409, Error("Conflict", "The operation id is in use."));
            return;
        }
        string Text(string name) => content.TryGetProperty(name, out var value) ? value.GetString()! : "";
        var headers = root.TryGetProperty("headers", out var own) ? own.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!) : [];
        taken.Add(new EmailDelivery("azure", id, to, Text("subject"), Text("html"), Text("plainText"), headers, id, headers, DateTimeOffset.UtcNow));
        var answer = new JsonObject { ["id"] = id, ["status"] = "Running" }.ToJsonString();
        if (repeat.Length > 0) repeats[repeat] = (SHA256.HashData(body), 202, answer);
        if (to.StartsWith("reset@", StringComparison.Ordinal))
        {
            context.Abort();
            return;
        }
        context.Response.Headers["Operation-Location"] = $"{context.Request.Scheme}://{context.Request.Host}/emails/operations/{id}{context.Request.QueryString}";
        context.Response.Headers.RetryAfter = "20";
        await AnswerAsync(context, 202, answer);
    }

    private Task StatusAsync(HttpContext context)
    {
        if (!IsSigned(context.Request, [])) return AnswerAsync(context, 401, Error("Denied", "The request is not signed with a key of the resource."));
        var id = (string)context.Request.RouteValues["id"]!;
        return operations.TryGetValue(id, out var operation)
            ? AnswerAsync(context, 200, new JsonObject { ["id"] = id, ["status"] = operation.Status() }.ToJsonString())
            : AnswerAsync(context, 404, Error("NotFound", "The operation is not known."));
    }

    private bool IsSigned(HttpRequest request, byte[] body)
    {
        var (date, hash) = (request.Headers["x-ms-date"].ToString(), request.Headers["x-ms-content-sha256"].ToString());
        if (hash != Convert.ToBase64String(SHA256.HashData(body)) || !DateTimeOffset.TryParseExact(date, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) || (at - DateTimeOffset.UtcNow).Duration() > Skew) return false;
        var signed = $"{request.Method}\n{request.Path}{request.QueryString}\n{date};{request.Host};{hash}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(AccessKey), Encoding.UTF8.GetBytes(signed)));
        return request.Headers.Authorization.ToString() == $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}";
    }

    private static string Error(string code, string message, string? target = null) => new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["target"] = target } }.ToJsonString();

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    private sealed class Operation(bool fails)
    {
        private int reads;

        // Running twice, then final.
        public string Status() => Interlocked.Increment(ref reads) <= 2 && !fails ? "Running" : fails ? "Failed" : "Succeeded";
    }
}
