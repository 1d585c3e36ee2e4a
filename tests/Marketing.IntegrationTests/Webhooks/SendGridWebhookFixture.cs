using System.Security.Cryptography;
using Marketing.DevHost.Stubs;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Webhooks;

/// <summary>A function app that trusts a key pair of the test.</summary>
public sealed class SendGridWebhookFixture(TestServers servers) : FunctionAppFixture(servers)
{
    public const string MetaSecret = "meta_app_secret_0123456789abcdef";
    public const string MetaVerifyToken = "a phrase of ours";

    public SendGridSigner Signer { get; private set; } = null!;

    protected override Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Signer = new SendGridSigner(key.ExportPkcs8PrivateKeyPem());
        settings["Webhooks:SendGrid:PublicKeys:0"] = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        settings["Webhooks:Meta:AppSecrets:0"] = MetaSecret;
        settings["Webhooks:Meta:VerifyToken"] = MetaVerifyToken;
        return Task.CompletedTask;
    }

    /// <summary>Posts a body with headers, without an API key.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, IEnumerable<KeyValuePair<string, string>> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await AnonymousClient().SendAsync(request, TestContext.Current.CancellationToken);
    }
}
