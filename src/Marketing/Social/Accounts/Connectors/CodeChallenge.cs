using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>Proof of the consent's origin (RFC 7636).</summary>
internal static class CodeChallenge
{
    private const int VerifierBytes = 48;

    /// <summary>A new verifier of 64 characters.</summary>
    public static string NewVerifier() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(VerifierBytes));

    /// <summary>The challenge for a verifier.</summary>
    public static string Of(string verifier, Pkce form)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(verifier));
        return form == Pkce.Hexadecimal ? Convert.ToHexStringLower(hash) : Base64Url.EncodeToString(hash);
    }
}
