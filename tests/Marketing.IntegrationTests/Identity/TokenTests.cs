using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Marketing.IntegrationTests.Identity;

/// <summary>An issuer of tokens: discovery, published keys, real signatures.</summary>
public sealed class TokenFixture(TestServers servers) : FunctionAppFixture(servers)
{
    public const string Audience = "api://marketing";

    private readonly List<RsaSecurityKey> published = [];
    private WebApplication? issuer;

    public string Issuer { get; private set; } = "";

    /// <summary>The key that the issuer signs with.</summary>
    public RsaSecurityKey Key { get; private set; } = NewKey("first");

    /// <summary>The issuer begins to sign with another key.</summary>
    public void RollOver()
    {
        Key = NewKey("second");
        published.Add(Key);
    }

    public static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };

    /// <summary>A token of the issuer.</summary>
    public string Token(string role, Action<SecurityTokenDescriptor>? change = null)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Expires = DateTime.UtcNow.AddMinutes(10),
            Claims = new Dictionary<string, object> { ["sub"] = "ana", ["preferred_username"] = "ana@example.org", ["roles"] = new[] { role, "unknown to us" }, ["property_ids"] = new[] { RoleFixture.Mine.ToString() } },
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        published.Add(Key);
        Issuer = $"http://127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Issuer);
        issuer = builder.Build();
        issuer.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Issuer, jwks_uri = $"{Issuer}/keys" }));
        issuer.MapGet("/keys", () => Results.Json(new
        {
            keys = published.Select(key => JsonWebKeyConverter.ConvertFromRSASecurityKey(key)).Select(key => new { kty = key.Kty, kid = key.Kid, n = key.N, e = key.E, use = "sig" }),
        }));
        await issuer.StartAsync(TestContext.Current.CancellationToken);
        settings["Oidc:Authority"] = Issuer;
        settings["Oidc:Audience"] = Audience;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (issuer is not null) await issuer.DisposeAsync();
    }
}

public sealed class TokenTests(TokenFixture app) : IClassFixture<TokenFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_of_the_issuer_is_its_holder()
    {
        using var created = await SendAsync(app.Token("member"), HttpMethod.Post, "segments", "{\"segment_name\":\"by ana\"}");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("ana@example.org", await app.Product.QueryAsync<string>("select created_by from marketing.segments where segment_name = 'by ana'"));
        Assert.Equal("ana@example.org", await app.Product.QueryAsync<string>("select actor from marketing_ops.audit_log order by id desc limit 1"));
        using var admin = await SendAsync(app.Token("member"), HttpMethod.Get, "api_keys");
        Assert.Equal(HttpStatusCode.Forbidden, admin.StatusCode);
        using var viewer = await SendAsync(app.Token("viewer"), HttpMethod.Post, "segments", "{\"segment_name\":\"x\"}");
        Assert.Equal(HttpStatusCode.Forbidden, viewer.StatusCode);
        using var unknown = await SendAsync(app.Token("role that is none"), HttpMethod.Get, "segments");
        Assert.Equal(HttpStatusCode.Forbidden, unknown.StatusCode);
        using var agency = await SendAsync(app.Token("agency"), HttpMethod.Get, "content");
        Assert.Equal("[]", await agency.Content.ReadAsStringAsync(Stop));
    }

    public static TheoryData<string> Faults() => ["audience", "issuer", "expired", "not yet", "no expiry", "other key", "altered", "none", "hmac with the public key", "nonsense", "cut"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_token_that_is_not_right_is_refused(string fault)
    {
        var good = app.Token("member");
        var parts = good.Split('.');
        var bad = fault switch
        {
            "audience" => app.Token("member", token => token.Audience = "api://other"),
            "issuer" => app.Token("member", token => token.Issuer = "https://evil.example"),
            "expired" => app.Token("member", token => token.Expires = DateTime.UtcNow.AddMinutes(-5)),
            "not yet" => app.Token("member", token => token.NotBefore = DateTime.UtcNow.AddMinutes(5)),
            "no expiry" => app.Token("member", token => token.Expires = null),
            "other key" => app.Token("member", token => token.SigningCredentials = new SigningCredentials(TokenFixture.NewKey("first"), SecurityAlgorithms.RsaSha256)),
            "altered" => $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("member", "administrator", StringComparison.Ordinal))}.{parts[2]}",
            "none" => $"{Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{parts[1]}.",
            "hmac with the public key" => app.Token("member", token => token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(app.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = app.Key.KeyId }, SecurityAlgorithms.HmacSha256)),
            "nonsense" => "a.b.c",
            _ => good[..^20],
        };
        using var response = await SendAsync(bad, HttpMethod.Get, "content");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("PGRST301", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["code"]!);
    }

    [Fact]
    public async Task A_new_signing_key_is_followed()
    {
        using var before = await SendAsync(app.Token("member"), HttpMethod.Get, "content");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        app.RollOver();
        await Eventually.BecomesAsync(async () =>
        {
            using var after = await SendAsync(app.Token("member"), HttpMethod.Get, "content");
            return after.StatusCode;
        }, status => status == HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> SendAsync(string token, HttpMethod method, string path, string? body = null)
    {
        using var client = app.AnonymousClient();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await client.SendAsync(request, Stop);
    }
}
