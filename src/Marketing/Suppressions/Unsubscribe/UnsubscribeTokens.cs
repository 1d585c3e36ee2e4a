using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Marketing.Identity;

namespace Marketing.Suppressions.Unsubscribe;

/// <summary>Who may unsubscribe from what.</summary>
/// <param name="ContactId">The contact that was written to.</param>
/// <param name="AddressHash">Hash of the address that was written to, as the ledger knows it: it holds when the contact has another address, or is gone.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="List">Its list; empty for none.</param>
internal sealed record Unsubscriber(Guid ContactId, byte[] AddressHash, Guid Campaign, string List);

/// <summary>
/// Tokens for unsubscribing and nothing else: encrypted and authenticated (AES-256-GCM) under keys that are derived from the key ring for this one purpose
/// (HKDF, RFC 5869), so that a token shows neither contact nor address. The nonce is a keyed hash of the content: the same content gives the same
/// token, which a repeated message needs, and different content another nonce. Any key that is still on the ring opens them.
/// </summary>
internal sealed class UnsubscribeTokens(Lazy<KeyRing> ring)
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HashBytes = 32;
    private const int FixedBytes = 1 + 16 + 16 + HashBytes;

    private readonly ConcurrentDictionary<string, byte[]> derived = new(StringComparer.Ordinal);

    /// <summary>Makes a token under the active key.</summary>
    public string Seal(Unsubscriber who)
    {
        var list = Encoding.UTF8.GetBytes(who.List);
        var plain = new byte[FixedBytes + list.Length];
        plain[0] = Version;
        who.ContactId.TryWriteBytes(plain.AsSpan(1), bigEndian: true, out _);
        who.Campaign.TryWriteBytes(plain.AsSpan(17), bigEndian: true, out _);
        who.AddressHash.CopyTo(plain.AsSpan(33));
        list.CopyTo(plain.AsSpan(FixedBytes));
        var keys = Keys(ring.Value.ActiveKeyId);
        var token = new byte[NonceBytes + plain.Length + TagBytes];
        HMACSHA256.HashData(keys.AsSpan(32), plain).AsSpan(0, NonceBytes).CopyTo(token);
        using var aes = new AesGcm(keys.AsSpan(0, 32), TagBytes);
        aes.Encrypt(token.AsSpan(0, NonceBytes), plain, token.AsSpan(NonceBytes, plain.Length), token.AsSpan(NonceBytes + plain.Length));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>What a token of ours says; null for any other text.</summary>
    public Unsubscriber? Open(string token)
    {
        if (token.Length is 0 or > 500 || !Base64Url.IsValid(token)) return null;
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < NonceBytes + FixedBytes + TagBytes) return null;
        var plain = new byte[bytes.Length - NonceBytes - TagBytes];
        foreach (var key in ring.Value.KeyIds)
        {
            using var aes = new AesGcm(Keys(key).AsSpan(0, 32), TagBytes);
            try
            {
                aes.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length), plain);
            }
            catch (AuthenticationTagMismatchException)
            {
                continue; // another key of the ring may have made it
            }
            return plain[0] != Version ? null : new Unsubscriber(new Guid(plain.AsSpan(1, 16), bigEndian: true), plain[33..FixedBytes], new Guid(plain.AsSpan(17, 16), bigEndian: true), Encoding.UTF8.GetString(plain.AsSpan(FixedBytes)));
        }
        return null;
    }

    private byte[] Keys(string keyId) => derived.GetOrAdd(keyId, id => HKDF.DeriveKey(HashAlgorithmName.SHA256, ring.Value.Find(id)!, 64, info: "unsubscribe token"u8.ToArray()));
}
