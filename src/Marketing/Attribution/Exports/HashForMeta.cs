using System.Security.Cryptography;
using System.Text;

namespace Marketing.Attribution.Exports;

/// <summary>Personal data as the Conversions API takes it: normalised, then SHA-256 in lower-case hex. The normal forms are unverified in detail.</summary>
internal static class HashForMeta
{
    /// <summary>An email address: trimmed, lower case.</summary>
    public static string Email(string address) => Hash(address.Trim().ToLowerInvariant());

    /// <summary>A country: two letters, lower case.</summary>
    public static string Country(string code) => Hash(code.Trim().ToLowerInvariant());

    /// <summary>An id of ours.</summary>
    public static string Id(Guid id) => Hash(id.ToString("D"));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
