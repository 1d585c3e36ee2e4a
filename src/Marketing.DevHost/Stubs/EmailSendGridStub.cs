using System.Globalization;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like <c>POST /v3/mail/send</c>: its checks with their messages and fields, one message id a call, substitutions, rate-limit headers. Recipients
/// <c>slow@</c> are taken and answered late, <c>reset@</c> are taken and the connection is cut, <c>500@</c> are not taken. Source: Twilio SendGrid, "Mail Send".
/// </summary>
public sealed class EmailSendGridStub
{
    private const int MaxRecipients = 1000;
    private const int MaxBytes = 30 * 1024 * 1024;
    private const int MaxCustomArgs = 10_000;
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase) { "x-sg-id", "x-sg-eid", "received", "dkim-signature", "Content-Type", "Content-Transfer-Encoding", "To", "From", "Subject", "Reply-To", "CC", "BCC" };

    private readonly EmailDeliveries taken;
    private readonly Lock gate = new();
    private long second;
    private int usedThisSecond;

    internal EmailSendGridStub(EmailDeliveries taken) => this.taken = taken;

    /// <summary>The API key that is taken.</summary>
    public string ApiKey { get; set; } = "SG.test-key";

    /// <summary>Calls in one second; more are refused with 429.</summary>
    public int CallsPerSecond { get; set; } = 10_000;

    /// <summary>True takes every call at once without a look at it and only counts its messages, for measurements.</summary>
    public bool IsInstant { get; set; }

    /// <summary>How long an answer to <c>slow@</c> takes.</summary>
    public TimeSpan Slowness { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A batch of the event webhook: every message processed, and then the given event where there is one.</summary>
    public static byte[] Events(IEnumerable<EmailDelivery> messages, string kind, DateTimeOffset at)
    {
        var batch = new JsonArray();
        foreach (var message in messages)
        {
            var line = new JsonObject
            {
                ["email"] = message.To,
                ["timestamp"] = at.ToUnixTimeSeconds(),
                ["event"] = kind,
                ["sg_event_id"] = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {message.SendId}"))).Replace('+', '-').Replace('/', '_').TrimEnd('='),
                ["sg_message_id"] = $"{message.MessageId}.recvd-1",
                ["smtp-id"] = $"<{message.MessageId}@geopod-ismtpd-1>",
            };
            foreach (var (name, value) in message.CustomArgs) line[name] = value;
            batch.Add(line);
        }
        return Encoding.UTF8.GetBytes(batch.ToJsonString() + "\r\n");
    }

    /// <summary>Maps the path.</summary>
    internal void Map(WebApplication app) => app.MapPost("/v3/mail/send", SendAsync);

    private async Task SendAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.ToString() != $"Bearer {ApiKey}")
        {
            await RefuseAsync(context, 401, [("The provided authorization grant is invalid, expired, or revoked", null)]);
            return;
        }
        if (!MayCall(context))
        {
            await RefuseAsync(context, 429, [("too many requests", null)]);
            return;
        }
        using var buffer = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 4096, MaxBytes));
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        if (IsInstant)
        {
            taken.Count(buffer.GetBuffer().AsSpan(0, (int)buffer.Length).Count("\"send_id\""u8));
            context.Response.StatusCode = 202;
            return;
        }
        if (buffer.Length > MaxBytes)
        {
            await RefuseAsync(context, 413, [("The JSON payload you have included in your request is too large.", null)]);
            return;
        }
        using var json = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        var errors = Check(json.RootElement);
        if (errors.Count > 0)
        {
            await RefuseAsync(context, 400, errors);
            return;
        }
        await TakeAsync(context, json.RootElement);
    }

    private async Task TakeAsync(HttpContext context, JsonElement root)
    {
        var recipients = root.GetProperty("personalizations").EnumerateArray().Select(To).ToList();
        if (recipients.Exists(email => email.StartsWith("500@", StringComparison.Ordinal)))
        {
            await RefuseAsync(context, 500, [("An error occurred on a SendGrid server.", null)]);
            return;
        }
        var id = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        foreach (var one in root.GetProperty("personalizations").EnumerateArray()) taken.Add(Delivery(root, one, id, taken.KeepsContent));
        if (recipients.Exists(email => email.StartsWith("reset@", StringComparison.Ordinal)))
        {
            context.Abort();
            return;
        }
        if (recipients.Exists(email => email.StartsWith("slow@", StringComparison.Ordinal))) await Task.Delay(Slowness, context.RequestAborted);
        context.Response.StatusCode = 202;
        context.Response.Headers["X-Message-Id"] = id;
    }

    private static EmailDelivery Delivery(JsonElement root, JsonElement one, string id, bool withContent)
    {
        var args = Texts(root, "custom_args");
        foreach (var (name, value) in Texts(one, "custom_args")) args[name] = value;
        var sendId = args.GetValueOrDefault("send_id", "");
        if (!withContent) return new EmailDelivery("sendgrid", sendId, To(one), "", "", "", args, id, args, DateTimeOffset.UtcNow);
        var substitutions = Texts(one, "substitutions");
        string Filled(string text) => substitutions.Aggregate(text, (filled, pair) => filled.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
        string Content(string type) => root.GetProperty("content").EnumerateArray().Where(part => part.GetProperty("type").GetString() == type).Select(part => Filled(part.GetProperty("value").GetString()!)).FirstOrDefault("");
        var subject = one.TryGetProperty("subject", out var own) ? own.GetString()! : root.GetProperty("subject").GetString()!;
        return new EmailDelivery("sendgrid", sendId, To(one), Filled(subject), Content("text/html"), Content("text/plain"), Texts(one, "headers"), id, args, DateTimeOffset.UtcNow);
    }

    private static List<(string Message, string? Field)> Check(JsonElement root)
    {
        var errors = new List<(string, string?)>();
        if (root.ValueKind != JsonValueKind.Object) return [("Bad Request", null)];
        if (!root.TryGetProperty("personalizations", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            return [("The personalizations field is required and must have at least one personalization.", "personalizations")];
        if (list.GetArrayLength() > MaxRecipients) return [("There must be no more than 1000 personalizations.", "personalizations")];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var place = -1;
        foreach (var one in list.EnumerateArray())
        {
            place++;
            var field = string.Create(CultureInfo.InvariantCulture, $"personalizations.{place}");
            if (!one.TryGetProperty("to", out var to) || to.GetArrayLength() != 1) errors.Add(("The to array is required for all personalization objects, and must have at least one email object with a valid email address.", $"{field}.to"));
            else if (!IsAddress(To(one))) errors.Add(("Does not contain a valid address.", $"{field}.to.0.email"));
            else if (!seen.Add(To(one))) errors.Add(("Each email address in the personalization block should be unique between to, cc, and bcc.", field));
            if (Texts(one, "headers").Keys.FirstOrDefault(Reserved.Contains) is { } reserved) errors.Add(($"The header '{reserved}' is reserved.", $"{field}.headers"));
            if (Texts(one, "custom_args").Sum(pair => pair.Key.Length + pair.Value.Length) >= MaxCustomArgs) errors.Add(("The custom_args may not exceed 10000 bytes.", $"{field}.custom_args"));
            if (Texts(one, "substitutions").Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value)) > MaxCustomArgs) errors.Add(("The substitutions may not exceed 10000 bytes.", $"{field}.substitutions"));
        }
        if (!root.TryGetProperty("from", out var from) || !from.TryGetProperty("email", out var sender) || !IsAddress(sender.GetString()!)) errors.Add(("The from object must be provided for every email send.", "from.email"));
        if (!root.TryGetProperty("subject", out _)) errors.Add(("The subject is required.", "subject"));
        if (!root.TryGetProperty("content", out var content) || content.GetArrayLength() == 0) errors.Add(("Unless a valid template_id is provided, the content parameter is required.", "content"));
        else if (content.EnumerateArray().Any(part => part.GetProperty("value").GetString() is not { Length: > 0 })) errors.Add(("The content value must be a string at least one character in length.", "content.0.value"));
        return errors;
    }

    private bool MayCall(HttpContext context)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        bool may;
        int left;
        lock (gate)
        {
            if (now != second) (second, usedThisSecond) = (now, 0);
            may = usedThisSecond++ < CallsPerSecond;
            left = Math.Max(0, CallsPerSecond - usedThisSecond);
        }
        foreach (var (name, value) in new[] { ("Limit", (long)CallsPerSecond), ("Remaining", left), ("Reset", now + 1) })
            context.Response.Headers[$"X-RateLimit-{name}"] = value.ToString(CultureInfo.InvariantCulture);
        return may;
    }

    private static string To(JsonElement one) => one.GetProperty("to")[0].GetProperty("email").GetString()!;

    private static bool IsAddress(string text) => MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Contains('.', StringComparison.Ordinal);

    private static Dictionary<string, string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var texts) ? texts.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString()!, StringComparer.Ordinal) : [];

    private static Task RefuseAsync(HttpContext context, int status, IEnumerable<(string Message, string? Field)> errors)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => new JsonObject { ["message"] = error.Message, ["field"] = error.Field, ["help"] = null })]) }.ToJsonString());
    }
}
