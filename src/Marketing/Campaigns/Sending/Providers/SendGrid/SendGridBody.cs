using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Marketing.Campaigns.Sending.Providers.SendGrid;

/// <summary>Writes the body of <c>POST /v3/mail/send</c>. Source: Twilio SendGrid, "Mail Send".</summary>
internal static class SendGridBody
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="lines">Those of its messages that go.</param>
    /// <param name="sender">Who it is from.</param>
    public static ArrayBufferWriter<byte> Write(SendRequest request, IReadOnlyList<SendLine> lines, MailSender sender)
    {
        var buffer = new ArrayBufferWriter<byte>(16_384 + 1536 * lines.Count);
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        json.WriteStartObject();
        json.WriteStartArray("personalizations");
        foreach (var line in lines) Personalization(json, line);
        json.WriteEndArray();
        json.WriteStartObject("from");
        json.WriteString("email", sender.Email);
        if (sender.Name is { Length: > 0 } name) json.WriteString("name", Name(name));
        json.WriteEndObject();
        if (sender.ReplyTo is { Length: > 0 } replyTo)
        {
            json.WriteStartObject("reply_to");
            json.WriteString("email", replyTo);
            json.WriteEndObject();
        }
        json.WriteString("subject", lines[0].Message.Content.Subject);
        json.WriteStartArray("content");
        if (request.Text.Length > 0) Content(json, "text/plain", request.Text);
        if (request.Html.Length > 0) Content(json, "text/html", request.Html);
        json.WriteEndArray();
        json.WriteStartObject("custom_args");
        json.WriteString("campaign_id", lines[0].Message.CampaignId);
        json.WriteString("variant", lines[0].Message.Variant);
        json.WriteEndObject();
        // Our own link stands in the message; SendGrid's would be a second one that we hear of late.
        json.WriteStartObject("tracking_settings");
        json.WriteStartObject("subscription_tracking");
        json.WriteBoolean("enable", false);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer;
    }

    private static void Personalization(Utf8JsonWriter json, SendLine line)
    {
        json.WriteStartObject();
        json.WriteStartArray("to");
        json.WriteStartObject();
        json.WriteString("email", line.Message.Email);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("subject", line.Message.Content.Subject);
        json.WriteStartObject("headers");
        foreach (var (name, value) in line.Message.Content.Headers) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartObject("custom_args");
        json.WriteString("send_id", line.Message.SendId);
        json.WriteEndObject();
        if (line.Substitutions.Count > 0)
        {
            json.WriteStartObject("substitutions");
            foreach (var (mark, value) in line.Substitutions) json.WriteString(mark, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Content(Utf8JsonWriter json, string type, string value)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    // "Names may not hold ; or ,". Source: Mail Send, field name.
    private static string Name(string name) => name.Replace(';', ' ').Replace(',', ' ');
}
