using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Core;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Sending.Providers.Azure;

/// <summary>
/// Azure Communication Services Email: one call a recipient, whose operation id is our <c>send_id</c>, so that its status can be read afterwards. A lost
/// answer is asked for again with the same repeatability id, which Azure carries out at most once within five minutes.
/// </summary>
internal sealed class AzureSender(HttpClient http, IOptions<SendingOptions> options, TokenCredential credential, TimeProvider clock) : IEmailSender
{
    /// <summary>Name of the provider.</summary>
    public const string Name = "azure";

    private const string Version = "api-version=2025-09-01";
    private const int CallsAtOnce = 20;
    private const int MostRepeats = 2;
    private static readonly TimeSpan BeforeRepeat = TimeSpan.FromSeconds(1);
    private static readonly string[] Scope = ["https://communication.azure.com/.default"];

    /// <inheritdoc />
    public string Provider => Name;

    /// <inheritdoc />
    public int MostAtOnce => CallsAtOnce;

    /// <inheritdoc />
    public bool IsReported => false;

    /// <inheritdoc />
    public IReadOnlyList<SendRequest> Arrange(IReadOnlyList<OutgoingMessage> messages) => [.. messages.Select(SendLine.Alone)];

    /// <inheritdoc />
    public async Task<IReadOnlyList<SendAnswer>> SendAsync(SendRequest request, MailSender sender, CancellationToken cancellationToken)
    {
        var message = request.Lines[0].Message;
        if (options.Value.Azure.Endpoint is null) return [new SendAnswer(message, new SendOutcome.Stop("Sending:Azure:Endpoint is not set."))];
        var body = Body(message, sender);
        var firstSent = clock.GetUtcNow();
        var answer = await CallAsync(request.Id, message.SendId, body, firstSent, cancellationToken);
        for (var repeat = 0; repeat < MostRepeats && AzureErrors.IsRepeatable(answer) && !cancellationToken.IsCancellationRequested; repeat++)
        {
            await Task.Delay(BeforeRepeat, clock, CancellationToken.None);
            answer = await CallAsync(request.Id, message.SendId, body, firstSent, cancellationToken);
            // A repeat that does not even connect says nothing of the first call.
            if (answer is EmailAnswer.Lost lost) answer = lost with { MayHaveArrived = true };
        }
        return [new SendAnswer(message, AzureErrors.Classify(answer))];
    }

    /// <inheritdoc />
    public async Task<SendTrace> FindAsync(Guid sendId, CancellationToken cancellationToken)
    {
        if (options.Value.Azure.Endpoint is not { } endpoint) return SendTrace.CannotTell;
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, $"/emails/operations/{sendId}?{Version}"));
        await AuthoriseAsync(request, ReadOnlyMemory<byte>.Empty, cancellationToken);
        return AzureErrors.Trace(await http.CallAsync(request, cancellationToken));
    }

    private async Task<EmailAnswer> CallAsync(Guid requestId, Guid sendId, byte[] body, DateTimeOffset firstSent, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Value.Azure.Endpoint!, $"/emails:send?{Version}")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Operation-Id", sendId.ToString());
        request.Headers.TryAddWithoutValidation("x-ms-client-request-id", requestId.ToString());
        request.Headers.TryAddWithoutValidation("Repeatability-Request-Id", requestId.ToString());
        request.Headers.TryAddWithoutValidation("Repeatability-First-Sent", firstSent.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture));
        await AuthoriseAsync(request, body, cancellationToken);
        return await http.CallAsync(request, cancellationToken);
    }

    private async Task AuthoriseAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (options.Value.Azure.AccessKey is { Length: > 0 } key) AzureSignature.Sign(request, body.Span, Convert.FromBase64String(key), clock.GetUtcNow());
        else request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await credential.GetTokenAsync(new TokenRequestContext(Scope), cancellationToken)).Token);
    }

    private static byte[] Body(OutgoingMessage message, MailSender sender)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("senderAddress", sender.Email);
            json.WriteStartObject("recipients");
            Addresses(json, "to", message.Email);
            json.WriteEndObject();
            json.WriteStartObject("content");
            json.WriteString("subject", message.Content.Subject);
            if (message.Content.Text.Length > 0) json.WriteString("plainText", message.Content.Text);
            if (message.Content.Html.Length > 0) json.WriteString("html", message.Content.Html);
            json.WriteEndObject();
            json.WriteStartObject("headers");
            foreach (var (name, value) in message.Content.Headers) json.WriteString(name, value);
            json.WriteString("X-Send-Id", message.SendId);
            json.WriteEndObject();
            if (sender.ReplyTo is { Length: > 0 } replyTo) Addresses(json, "replyTo", replyTo);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Addresses(Utf8JsonWriter json, string name, string address)
    {
        json.WriteStartArray(name);
        json.WriteStartObject();
        json.WriteString("address", address);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
