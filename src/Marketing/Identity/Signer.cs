using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Identity;

/// <summary>
/// Signs what the product hands out and takes back, such as page cursors: HMAC-SHA256, cut to 128 bits, under keys derived from the key
/// ring for one purpose (HKDF, RFC 5869), so that a signature for one purpose is none for another.
/// </summary>
public sealed class Signer(Lazy<KeyRing> ring)
{
    /// <summary>Length of a signature.</summary>
    public const int SignatureBytes = 16;

    private readonly ConcurrentDictionary<(string Key, string Purpose), byte[]> derived = new();

    /// <summary>The signature under the active key.</summary>
    /// <exception cref="InvalidOperationException">No key ring is configured.</exception>
    public byte[] Sign(string purpose, ReadOnlySpan<byte> data) => Sign(ring.Value.ActiveKeyId, purpose, data);

    /// <summary>True when some key of the ring made the signature.</summary>
    /// <exception cref="InvalidOperationException">No key ring is configured.</exception>
    public bool IsGenuine(string purpose, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        foreach (var key in ring.Value.KeyIds)
        {
            if (CryptographicOperations.FixedTimeEquals(Sign(key, purpose, data), signature)) return true;
        }
        return false;
    }

    private byte[] Sign(string keyId, string purpose, ReadOnlySpan<byte> data)
    {
        var key = derived.GetOrAdd((keyId, purpose), pair => HKDF.DeriveKey(HashAlgorithmName.SHA256, ring.Value.Find(pair.Key)!, 32, info: Encoding.UTF8.GetBytes(pair.Purpose)));
        return HMACSHA256.HashData(key, data)[..SignatureBytes];
    }
}
