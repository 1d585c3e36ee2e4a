using System.Buffers.Text;
using System.Text;
using Marketing.Identity;

namespace Marketing.Social.Accounts.Connecting;

/// <summary>The <c>state</c> of a consent: the connection's id with our signature. The row that it names ends it and lets it work once.</summary>
internal sealed class ConnectionState(Signer signer)
{
    private const string Purpose = "account-connection";
    private const int IdBytes = 16;

    /// <summary>The state of a connection.</summary>
    public string Write(Guid connectionId)
    {
        var id = connectionId.ToByteArray(bigEndian: true);
        return Base64Url.EncodeToString([.. id, .. signer.Sign(Purpose, id)]);
    }

    /// <summary>The connection; null when the state is not ours.</summary>
    public Guid? Read(string state)
    {
        if (state.Length > 100 || !Base64Url.IsValid(Encoding.ASCII.GetBytes(state), out var length) || length != IdBytes + Signer.SignatureBytes) return null;
        var bytes = Base64Url.DecodeFromChars(state).AsSpan();
        return signer.IsGenuine(Purpose, bytes[..IdBytes], bytes[IdBytes..]) ? new Guid(bytes[..IdBytes], bigEndian: true) : null;
    }
}
