using System.Security.Cryptography;
using System.Text.Json;
using Marketing.DevHost.Servers;
using Marketing.Identity;
using Npgsql;

namespace Marketing.DevHost;

/// <summary>Keys and ports that a data folder keeps between starts; made at its first start, in a file that its owner alone can read.</summary>
/// <param name="AdminKey">API key with every scope.</param>
/// <param name="KeyRingKey">Base64 of the key that encrypts tokens.</param>
/// <param name="SendGridPrivateKey">PEM of the key that signs the email platform's webhooks.</param>
/// <param name="MetaAppSecret">Secret that signs Meta's webhooks.</param>
/// <param name="MetaVerifyToken">Phrase of Meta's handshake.</param>
/// <param name="BlobPort">Port of the blobs, which stands in stored addresses.</param>
internal sealed record LocalSettings(string AdminKey, string KeyRingKey, string SendGridPrivateKey, string MetaAppSecret, string MetaVerifyToken, int BlobPort)
{
    private const string FileName = "settings.json";
    private const string AdminName = "devhost admin";

    /// <summary>Reads the folder's settings, or makes them.</summary>
    public static async Task<LocalSettings> LoadAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(dataFolder, FileName);
        if (File.Exists(file))
        {
            await using var stream = File.OpenRead(file);
            return (await JsonSerializer.DeserializeAsync<LocalSettings>(stream, cancellationToken: cancellationToken))!;
        }
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var settings = new LocalSettings(
            ApiKey.Create().Text,
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyBytes)),
            signer.ExportPkcs8PrivateKeyPem(),
            RandomNumberGenerator.GetHexString(32, lowercase: true),
            RandomNumberGenerator.GetHexString(16, lowercase: true),
            FreePort.Next());
        var work = $"{file}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var stream = new FileStream(work, options)) await JsonSerializer.SerializeAsync(stream, settings, cancellationToken: cancellationToken);
        File.Move(work, file, overwrite: true);
        return settings;
    }

    /// <summary>What a sender of webhooks needs.</summary>
    public IReadOnlyDictionary<string, string> WebhookKeys => new Dictionary<string, string>
    {
        ["sendGridPrivateKey"] = SendGridPrivateKey,
        ["metaAppSecret"] = MetaAppSecret,
        ["metaVerifyToken"] = MetaVerifyToken,
    };

    /// <summary>The function app's settings that hold these keys.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToEnvironment()
    {
        using var signer = ECDsa.Create();
        signer.ImportFromPem(SendGridPrivateKey);
        return new Dictionary<string, string>
        {
            ["KeyRing__ActiveKeyId"] = "local",
            ["KeyRing__Keys__local"] = KeyRingKey,
            ["Webhooks__SendGrid__PublicKeys__0"] = Convert.ToBase64String(signer.ExportSubjectPublicKeyInfo()),
            ["Webhooks__Meta__AppSecrets__0"] = MetaAppSecret,
            ["Webhooks__Meta__VerifyToken"] = MetaVerifyToken,
            ["Email__Company"] = "Casas do Sul",
            ["Email__PostalAddress"] = "Rua do Mar 1, 8600 Lagos",
            ["Email__VerifiedSenders"] = "casas.example.com",
            ["Email__Lists"] = "newsletter=Newsletter;offers=Last-minute offers",
        };
    }

    /// <summary>Makes the admin key valid in a database, once.</summary>
    public async Task RegisterAdminKeyAsync(string connectionString, CancellationToken cancellationToken)
    {
        var key = new ApiKey(AdminKey);
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand("""
            insert into marketing_ops.api_clients (id, name, key_prefix, key_hash, scopes, created_by, roles)
            select $1, $2 || ' ' || $3, $3, $4, $5, $2, '{administrator}' where not exists (select from marketing_ops.api_clients where key_hash = $4)
            """);
        foreach (var value in new object[] { Guid.CreateVersion7(), AdminName, key.Shown, key.Hash, Scopes.All.ToArray() }) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
