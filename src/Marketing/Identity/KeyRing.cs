using Microsoft.Extensions.Configuration;

namespace Marketing.Identity;

/// <summary>
/// The keys that encrypt secrets at rest, from the settings <c>KeyRing:ActiveKeyId</c> and <c>KeyRing:Keys:&lt;id&gt;</c> (base64 of 32
/// bytes). New secrets take the active key; old ones open with the key whose id they carry. To rotate: add a key, make it the active one,
/// keep the old one until nothing carries its id.
/// </summary>
public sealed class KeyRing
{
    /// <summary>Length of a key in bytes: AES-256.</summary>
    public const int KeyBytes = 32;

    private readonly Dictionary<string, byte[]> keys;

    private KeyRing(string activeKeyId, Dictionary<string, byte[]> keys) => (ActiveKeyId, this.keys) = (activeKeyId, keys);

    /// <summary>Id of the key that new secrets are encrypted with.</summary>
    public string ActiveKeyId { get; }

    /// <summary>Reads the ring from settings.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or no 32-byte key; the message names the setting, never its value.</exception>
    public static KeyRing Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("KeyRing");
        var keys = section.GetSection("Keys").GetChildren().ToDictionary(key => key.Key, key => Parse(key.Key, key.Value), StringComparer.Ordinal);
        return section["ActiveKeyId"] is { } active && keys.ContainsKey(active)
            ? new KeyRing(active, keys)
            : throw new InvalidOperationException("KeyRing:ActiveKeyId must name one of the keys under KeyRing:Keys. Example: KeyRing__ActiveKeyId=2026a with KeyRing__Keys__2026a=<base64 of 32 bytes>.");
    }

    /// <summary>Ids of every key on the ring.</summary>
    public IEnumerable<string> KeyIds => keys.Keys;

    /// <summary>The key with this id; null when it is not on the ring.</summary>
    public byte[]? Find(string keyId) => keys.GetValueOrDefault(keyId);

    private static byte[] Parse(string id, string? value)
    {
        var key = new byte[KeyBytes];
        return id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') && Convert.TryFromBase64String(value ?? "", key, out var length) && length == KeyBytes
            ? key
            : throw new InvalidOperationException($"KeyRing:Keys:{id} must be 32 bytes in base64 under an id of letters, digits, - and _. Make one with: openssl rand -base64 32");
    }
}
