using System.Security.Cryptography;
using System.Text;
using Marketing.Webhooks;
using Marketing.Webhooks.SendGrid;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Marketing.Tests.Webhooks;

/// <summary>The public vector of SendGrid's own SDK tests (sendgrid-csharp, RequestValidatorTests).</summary>
public sealed class SendGridSignatureTests
{
    private const string Key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    private const string Timestamp = "1600112502";
    private const string Signature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
    private const string Body = """[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]""" + "\r\n";

    [Fact]
    public void The_public_vector_is_genuine() => Assert.Null(Refuse(Body, Signature, Timestamp));

    [Fact]
    public void Any_change_is_noticed()
    {
        Assert.NotNull(Refuse(Body.TrimEnd(), Signature, Timestamp));
        Assert.NotNull(Refuse(Body.Replace("\r\n", "\n", StringComparison.Ordinal), Signature, Timestamp));
        Assert.NotNull(Refuse(Body, Signature, "1600112503"));
        Assert.NotNull(Refuse(Body, "AAAA", Timestamp));
        Assert.NotNull(Refuse(Body, "", ""));
    }

    [Fact]
    public void A_second_key_is_accepted_during_a_rotation()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(Refuse(Body, Signature, Timestamp, Convert.ToBase64String(other.ExportSubjectPublicKeyInfo()), Key));
        Assert.NotNull(Refuse(Body, Signature, Timestamp, Convert.ToBase64String(other.ExportSubjectPublicKeyInfo())));
    }

    private static string? Refuse(string body, string signature, string timestamp, params string[] keys)
    {
        var options = new WebhookOptions { SendGrid = { PublicKeys = keys.Length == 0 ? [Key] : keys } };
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1600112600));
        return new SendGridSignature(Options.Create(options), clock).Refuse(Encoding.UTF8.GetBytes(body), signature, timestamp);
    }
}
