using System.Text;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Webhooks;

/// <summary>A function app that knows a secret of every email provider.</summary>
public sealed class EmailWebhookFixture(TestServers servers) : FunctionAppFixture(servers)
{
    public const string StandardSecret = "whsec_vaT3nibiuceLWcjNmblglCaF6TkPnEhn64lgdSwIKEU=";
    public const string MailgunKey = "key-mg-webhook-signing-0001";
    public const string Postmark = "postmark:a-long-password-of-ours";
    public const string AzureKey = "a-long-secret-of-the-event-subscription";

    protected override Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        settings["Webhooks:Standard:Secrets:0"] = StandardSecret;
        settings["Webhooks:Mailgun:Secrets:0"] = MailgunKey;
        settings["Webhooks:Postmark:Secrets:0"] = Postmark;
        settings["Webhooks:Azure:Secrets:0"] = AzureKey;
        settings["Webhooks:Azure:Topics:0"] = "/subscriptions/0001/";
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

    /// <summary>Headers that Postmark sends for the address of its webhook.</summary>
    public static Dictionary<string, string> PostmarkHeaders => new() { ["Authorization"] = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Postmark))}" };
}
