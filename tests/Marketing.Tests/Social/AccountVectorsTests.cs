using System.Text;
using Marketing.Social.Accounts.Connectors;
using Marketing.Social.Accounts.Revocation;

namespace Marketing.Tests.Social;

/// <summary>Vectors computed apart from this program, and the one of RFC 7636.</summary>
public sealed class AccountVectorsTests
{
    private const string MetaSecret = "meta_app_secret_0123456789abcdef";
    private const string Signed = "gdVDcYb_NzrFy1UL5CCNrreWSVruCukajgJWHQix_Y4.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjAsImlzc3VlZF9hdCI6MTc2NDAwMDAwMCwidXNlcl9pZCI6IjIxODQ3MSJ9";
    private const string TikTokKey = "tiktok_client_secret_0123456789";

    private static readonly string[] Secrets = ["another", MetaSecret];

    [Fact]
    public void A_signed_request_of_meta_is_read_with_one_of_the_secrets()
    {
        Assert.Equal(new SignedRequest("218471", null, DateTimeOffset.FromUnixTimeSeconds(1764000000)), SignedRequest.Read(Signed, Secrets));
        Assert.Null(SignedRequest.Read(Signed, ["another"]));
        Assert.Null(SignedRequest.Read(Signed[..^1] + "8", Secrets));
        Assert.Null(SignedRequest.Read("x" + Signed, Secrets));
        Assert.Null(SignedRequest.Read("", Secrets));
    }

    [Theory]
    [InlineData("""{"client_key":"awtestclientkey","event":"post.publish.complete","create_time":1764000000,"user_openid":"-000test_open_id","content":"{\"publish_id\":\"v_pub_url~v2.123456789\",\"publish_type\":\"DIRECT_PUBLISH\"}"}""", 1764000005, "f0e9ac7474a1b8f05a0f42e2538a46e213618a3812f29be744d29fc5faf5e18c")]
    [InlineData("""{"client_key":"awtestclientkey","event":"post.publish.failed","create_time":1764000100,"user_openid":"-000test_open_id","content":"{\"publish_id\":\"p_pub_url~v2.987654321\",\"reason\":\"photo_pull_failed\",\"publish_type\":\"DIRECT_PUBLISH\",\"note\":\"Praia de São João 🏖\"}"}""", 1764000105, "1d8ea3159671712f4e1e4504ecdaa4fec327a1ca227122f1089e4c474a3399cf")]
    [InlineData("""{"client_key":"awtestclientkey","event":"authorization.removed","create_time":1764000200,"user_openid":"-000test_open_id","content":"{\"reason\": 1 }"}""", 1764000205, "455a5165c2ecc7d4295cc9b3126923da88135bdc228323cb7ea6e9eb5f101bf0")]
    public void A_call_of_tiktok_passes_with_its_signature_alone(string body, long at, string signature)
    {
        string? Refuse(string text, string header, long now) => TikTokSignature.Refuse(Encoding.UTF8.GetBytes(text), header, ["old", TikTokKey], DateTimeOffset.FromUnixTimeSeconds(now));
        Assert.Null(Refuse(body, $"t={at},s={signature}", at + 60));
        Assert.NotNull(Refuse(body + " ", $"t={at},s={signature}", at));
        Assert.NotNull(Refuse(body, $"t={at + 1},s={signature}", at));
        Assert.NotNull(Refuse(body, $"t={at},s={signature}", at + (80 * 3600)));
        Assert.NotNull(Refuse(body, $"t={at},s={signature}", at - 3600));
        Assert.NotNull(Refuse(body, "nonsense", at));
        Assert.NotNull(TikTokSignature.Refuse(Encoding.UTF8.GetBytes(body), $"t={at},s={signature}", [], DateTimeOffset.FromUnixTimeSeconds(at)));
    }

    [Fact]
    public void A_challenge_fits_its_verifier_in_the_platforms_form()
    {
        Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", CodeChallenge.Of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", Pkce.Base64Url));
        Assert.Equal("9f0e028a0eec93f0d3d10497f509fedd42acdf77e66dba7c6d1bafd5be7ec17c", CodeChallenge.Of("test-verifier-0123456789-abcdefghijklmnopqrstuvwxyz", Pkce.Hexadecimal));
        Assert.Equal(64, CodeChallenge.NewVerifier().Length);
    }

    [Fact]
    public void A_refresh_is_due_ahead_of_the_end_and_spread()
    {
        var now = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
        foreach (var platform in OAuthProfiles.Platforms)
        {
            var profile = OAuthProfiles.Find(platform)!;
            foreach (var life in new[] { TimeSpan.FromSeconds(60), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromDays(30), TimeSpan.FromDays(60) })
            {
                var (early, late) = (profile.RefreshDue(now, now + life, 1)!.Value, profile.RefreshDue(now, now + life, 0)!.Value);
                Assert.InRange(early, now + (life / 10), late);
                Assert.True(late < now + life, $"{platform} {life}");
                Assert.NotEqual(early, late);
            }
        }
        Assert.Null(OAuthProfiles.Find("twitter")!.RefreshDue(now, null, 0));
        Assert.InRange(OAuthProfiles.Find("facebook")!.RefreshDue(now, null, 0.5)!.Value, now.AddDays(6), now.AddDays(7));
    }

    [Theory]
    [InlineData("Malformed access token EAAGm0PX4ZCpsBAKZCqZAZBabcdefghijklmnop", "Malformed access token …")]
    [InlineData("Error\r\nvalidating\taccess token", "Error validating access token")]
    [InlineData("", "HTTP 500")]
    public void Words_of_a_platform_are_kept_without_what_looks_like_a_token(string text, string kept) => Assert.Equal(kept, PlatformWords.Clean(text, "HTTP 500"));
}
