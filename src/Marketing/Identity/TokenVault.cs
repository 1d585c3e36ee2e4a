using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Identity;

/// <summary>
/// Encrypts secrets for storage in a column: AES-256-GCM, as <c>v1.&lt;key id&gt;.&lt;base64url of nonce, ciphertext, tag&gt;</c>. Table,
/// column, row and key id are associated data, so that a stored value copied to another row does not open.
/// </summary>
public sealed class TokenVault(Lazy<KeyRing> ring)
{
    private const string Version = "v1";
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    /// <summary>Encrypts a secret with the active key.</summary>
    /// <param name="clear">The secret.</param>
    /// <param name="table">Table that it will stand in.</param>
    /// <param name="column">Column that it will stand in.</param>
    /// <param name="rowId">Row that it will stand in.</param>
    /// <returns>What to store.</returns>
    public string Seal(string clear, string table, string column, Guid rowId)
    {
        var keyId = ring.Value.ActiveKeyId;
        var plain = Encoding.UTF8.GetBytes(clear);
        var stored = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = stored.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(ring.Value.Find(keyId)!, TagBytes);
        aes.Encrypt(nonce, plain, stored.AsSpan(NonceBytes, plain.Length), stored.AsSpan(NonceBytes + plain.Length), AssociatedData(keyId, table, column, rowId));
        return $"{Version}.{keyId}.{Base64Url.EncodeToString(stored)}";
    }

    /// <summary>Decrypts a stored secret.</summary>
    /// <exception cref="CryptographicException">Not a stored secret, its key is not on the ring, or it belongs to another row. The message never holds the value.</exception>
    public string Open(string sealedText, string table, string column, Guid rowId)
    {
        if (sealedText.Split('.') is not [Version, var keyId, var encoded] || !Base64Url.IsValid(encoded, out var length) || length < NonceBytes + TagBytes)
            throw new CryptographicException($"{table}.{column} of row {rowId} does not hold an encrypted value. Write the secret again.");
        var key = ring.Value.Find(keyId)
            ?? throw new CryptographicException($"{table}.{column} of row {rowId} is encrypted with key {keyId}, which is not in KeyRing:Keys.");
        var stored = Base64Url.DecodeFromChars(encoded);
        var plain = new byte[length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(stored.AsSpan(0, NonceBytes), stored.AsSpan(NonceBytes, plain.Length), stored.AsSpan(NonceBytes + plain.Length), plain, AssociatedData(keyId, table, column, rowId));
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new CryptographicException($"{table}.{column} of row {rowId} does not open with key {keyId}: it was altered, or written for another row.", mismatch);
        }
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] AssociatedData(string keyId, string table, string column, Guid rowId) =>
        Encoding.UTF8.GetBytes($"{Version}|{keyId}|{table}|{column}|{rowId:D}");
}
