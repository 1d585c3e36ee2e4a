using System.Collections.Concurrent;
using System.Security.Cryptography;
using Marketing.Identity;

namespace Marketing.Suppressions.Erasure;

/// <summary>
/// The hash by which an erased person is still recognised: HMAC-SHA256 over the ledger's hash of the address, under keys derived from the key ring for this one
/// purpose (HKDF, RFC 5869). Without a key of the ring nobody can try out whether an address is among the erased. It cannot be made again under
/// another key, so a key stays on the ring as long as an erasure carries its id.
/// </summary>
internal sealed class ErasureKeys(Lazy<KeyRing> ring)
{
    // Block of SHA-256, and the two bytes that HMAC is made of. Source: RFC 2104.
    private const int BlockBytes = 64;
    private const byte Inner = 0x36;
    private const byte Outer = 0x5c;

    private readonly ConcurrentDictionary<string, byte[]> derived = new(StringComparer.Ordinal);

    /// <summary>Ids of every key under which an erasure may be kept.</summary>
    public IReadOnlyCollection<string> KeyIds => [.. ring.Value.KeyIds];

    /// <summary>The keyed hash under the active key, with the key's id.</summary>
    /// <param name="addressHash">The ledger's hash of the address: <see cref="SuppressContact.HashOf"/>.</param>
    public (string KeyId, byte[] Hash) Active(byte[] addressHash) => (ring.Value.ActiveKeyId, HMACSHA256.HashData(Key(ring.Value.ActiveKeyId), addressHash));

    /// <summary>The keyed hashes under every key of the ring.</summary>
    public IEnumerable<byte[]> All(byte[] addressHash) => ring.Value.KeyIds.Select(id => HMACSHA256.HashData(Key(id), addressHash));

    /// <summary>
    /// For each key its id and the two blocks with which SQL makes the keyed hash: <c>sha256(outer || sha256(inner || address_hash))</c>. The database gets them as
    /// parameters and keeps none.
    /// </summary>
    public IEnumerable<(string KeyId, byte[] Inner, byte[] Outer)> Blocks() => ring.Value.KeyIds.Select(id => (id, Block(Key(id), Inner), Block(Key(id), Outer)));

    private byte[] Key(string keyId) => derived.GetOrAdd(keyId, id => HKDF.DeriveKey(HashAlgorithmName.SHA256, ring.Value.Find(id)!, 32, info: "erased address"u8.ToArray()));

    private static byte[] Block(byte[] key, byte pad)
    {
        var block = new byte[BlockBytes];
        key.CopyTo(block, 0);
        for (var at = 0; at < block.Length; at++) block[at] ^= pad;
        return block;
    }
}
