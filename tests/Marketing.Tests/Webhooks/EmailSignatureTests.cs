using System.Text;
using Marketing.Webhooks;
using Marketing.Webhooks.Mailgun;
using Marketing.Webhooks.Postmark;
using Marketing.Webhooks.StandardWebhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Marketing.Tests.Webhooks;

/// <summary>Vectors computed apart from this program, and the one of the Standard Webhooks libraries.</summary>
public sealed class EmailSignatureTests
{
    private const string KeyA = "whsec_vaT3nibiuceLWcjNmblglCaF6TkPnEhn64lgdSwIKEU=";
    private const string KeyB = "whsec_mEpF23NvGeHDoP9PC2jc/I1iqdFoIVqFNfSS6BPUiZQ=";
    private const string SignatureA = "v1,3jLaOUO7OXkVbtjGX5Km4ry68ne44h/kAtJiPt8s4Wc=";
    private const string SignatureB = "v1,NAQqc+z0oxWf9eITw4xbSQfdErF5m3ZGfo3CLjQTVDQ=";
    private const string Id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
    private const string Body = """{"type":"email.bounced","created_at":"2025-11-24T16:00:00.000Z","data":{"email_id":"56761188-7520-42d8-8898-ff6fc54ce618","to":["ada@example.com"],"bounce":{"type":"Permanent","subType":"General","message":"no such user"}}}""";
    private const long At = 1764000000;

    [Theory]
    [InlineData(SignatureA, true, KeyA)]
    [InlineData(SignatureB, true, KeyB)]
    [InlineData($"{SignatureB} {SignatureA}", true, KeyA)]
    [InlineData($"{SignatureB} {SignatureA}", true, KeyB)]
    [InlineData($"{SignatureB} {SignatureA}", true, KeyA, KeyB)]
    [InlineData($"v2,x nocomma {SignatureA}", true, KeyA)]
    [InlineData(SignatureA, false, KeyB)]
    [InlineData("v1a,3jLaOUO7OXkVbtjGX5Km4ry68ne44h/kAtJiPt8s4Wc=", false, KeyA)]
    [InlineData("nonsense", false, KeyA)]
    public void A_standard_webhook_passes_with_any_v1_signature_of_any_key(string signatures, bool passes, params string[] secrets)
    {
        foreach (var family in new[] { "webhook", "svix" })
            Assert.Equal(passes, Refuse(secrets, family, Id, At, signatures, Body, At + 200) is null);
    }

    [Fact]
    public void Any_change_to_a_standard_webhook_is_noticed()
    {
        Assert.NotNull(Refuse([KeyA], "webhook", Id + "x", At, SignatureA, Body, At));
        Assert.NotNull(Refuse([KeyA], "webhook", Id, At + 1, SignatureA, Body, At));
        Assert.NotNull(Refuse([KeyA], "webhook", Id, At, SignatureA, Body + "\n", At));
        Assert.NotNull(Refuse([KeyA], "webhook", Id, At, SignatureA, Body, At + 360));
        Assert.NotNull(Refuse([KeyA], "webhook", Id, At, SignatureA, Body, At - 360));
        Assert.NotNull(Refuse([KeyA], "webhook", "", At, SignatureA, Body, At));
    }

    [Fact]
    public void The_vector_of_the_libraries_is_genuine()
    {
        const string secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        Assert.Null(Refuse([secret], "webhook", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "{\"test\": 2432232314}", 1614265330));
        Assert.NotNull(Refuse([secret], "webhook", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLawdd=", "{\"test\": 2432232314}", 1614265330));
    }

    [Theory]
    [InlineData("54e5d5f5e7b18d748c219ff1c1e4d305232df73ecc41dff99769bf6c35c5717f", 0, true)]
    [InlineData("54e5d5f5e7b18d748c219ff1c1e4d305232df73ecc41dff99769bf6c35c5717e", 0, false)]
    [InlineData("54e5d5f5e7b18d748c219ff1c1e4d305232df73ecc41dff99769bf6c35c5717f", 8 * 3600, true)]
    [InlineData("54e5d5f5e7b18d748c219ff1c1e4d305232df73ecc41dff99769bf6c35c5717f", 10 * 3600, false)]
    [InlineData("54e5d5f5e7b18d748c219ff1c1e4d305232df73ecc41dff99769bf6c35c5717f", -600, false)]
    public void Mailguns_signature_is_over_timestamp_and_token(string signature, int secondsLater, bool passes)
    {
        var options = Options.Create(new EmailWebhookOptions { Mailgun = { Secrets = ["key-mg-webhook-signing-0001"] } });
        var provider = new MailgunProvider(options, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(At + secondsLater)));
        var body = $$$"""{"signature":{"timestamp":"1764000000","token":"a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0","signature":"{{{signature}}}"},"event-data":{}}""";
        Assert.Equal(passes, provider.Refuse(new DefaultHttpContext().Request, Encoding.UTF8.GetBytes(body)) is null);
    }

    [Fact]
    public void A_missing_secret_of_ours_is_503_so_that_the_sender_tries_again()
    {
        var options = Options.Create(new EmailWebhookOptions());
        var request = new DefaultHttpContext().Request;
        Assert.Equal(503, new PostmarkProvider(options).Refuse(request, [])!.Status);
        Assert.Equal(503, new MailgunProvider(options, TimeProvider.System).Refuse(request, [])!.Status);
        var postmark = new PostmarkProvider(Options.Create(new EmailWebhookOptions { Postmark = { Secrets = ["postmark:a-long-password"] } }));
        Assert.Equal(401, postmark.Refuse(request, [])!.Status);
        request.Headers.Authorization = "Basic " + Convert.ToBase64String("postmark:a-long-password"u8);
        Assert.Null(postmark.Refuse(request, []));
    }

    private static string? Refuse(string[] secrets, string family, string id, long timestamp, string signatures, string body, long now)
    {
        var headers = new DefaultHttpContext().Request.Headers;
        headers[$"{family}-id"] = id;
        headers[$"{family}-timestamp"] = timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture);
        headers[$"{family}-signature"] = signatures;
        return new StandardSignature(Options.Create(new EmailWebhookOptions { Standard = { Secrets = secrets } }), new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(now))).Refuse(headers, Encoding.UTF8.GetBytes(body));
    }
}
