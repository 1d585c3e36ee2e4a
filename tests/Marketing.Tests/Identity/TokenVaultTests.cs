using System.Security.Cryptography;
using Marketing.Identity;
using Microsoft.Extensions.Configuration;

namespace Marketing.Tests.Identity;

public sealed class TokenVaultTests
{
    private static readonly Guid Row = Guid.Parse("01938c1e-5a3b-7c4d-8e9f-0123456789ab");

    [Fact]
    public void What_was_sealed_opens_for_the_same_row_and_column_only()
    {
        var vault = Vault("a", "a");
        var stored = vault.Seal("secret ü", "social_accounts", "access_token", Row);
        Assert.StartsWith("v1.a.", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", stored, StringComparison.Ordinal);
        Assert.Equal("secret ü", vault.Open(stored, "social_accounts", "access_token", Row));
        Assert.Throws<CryptographicException>(() => vault.Open(stored, "social_accounts", "access_token", Guid.NewGuid()));
        Assert.Throws<CryptographicException>(() => vault.Open(stored, "social_accounts", "other", Row));
        Assert.NotEqual(stored, vault.Seal("secret ü", "social_accounts", "access_token", Row));
    }

    [Fact]
    public void After_a_rotation_old_values_open_and_new_ones_take_the_new_key()
    {
        var old = Vault("a", "a").Seal("secret", "t", "c", Row);
        var rotated = Vault("b", "a", "b");
        Assert.Equal("secret", rotated.Open(old, "t", "c", Row));
        Assert.StartsWith("v1.b.", rotated.Seal("secret", "t", "c", Row), StringComparison.Ordinal);
        var message = Assert.Throws<CryptographicException>(() => Vault("b", "b").Open(old, "t", "c", Row)).Message;
        Assert.Contains("key a", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("v1.a.")]
    [InlineData("v1.a.AAAA")]
    [InlineData("v2.a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_sealed_value_is_refused(string stored) => Assert.Throws<CryptographicException>(() => Vault("a", "a").Open(stored, "t", "c", Row));

    [Fact]
    public void A_ring_that_cannot_be_used_names_the_setting_and_not_the_key()
    {
        var message = Assert.Throws<InvalidOperationException>(() => KeyRing.Read(Settings("a", ("a", "c2hvcnQ=")))).Message;
        Assert.Contains("KeyRing:Keys:a", message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ=", message, StringComparison.Ordinal);
        Assert.Contains("KeyRing:ActiveKeyId", Assert.Throws<InvalidOperationException>(() => KeyRing.Read(Settings("b", ("a", Key("a"))))).Message, StringComparison.Ordinal);
    }

    private static TokenVault Vault(string active, params string[] ids) => new(new Lazy<KeyRing>(() => KeyRing.Read(Settings(active, [.. ids.Select(id => (id, Key(id)))]))));

    private static string Key(string id) => Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)));

    private static IConfiguration Settings(string active, params (string Id, string Key)[] keys) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("KeyRing:ActiveKeyId", active), .. keys.Select(key => new KeyValuePair<string, string?>($"KeyRing:Keys:{key.Id}", key.Key))]).Build();
}
