namespace Marketing.Operations.Outbound;

/// <summary>What callers may make the product connect to, section <c>Outbound</c>.</summary>
public sealed class OutboundOptions
{
    /// <summary>Plain http is taken beside https.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Addresses that may be connected to although they are not public, for example of an own image server: <c>10.1.2.3:8080</c>, one port each.</summary>
    public IList<string> AllowedEndpoints { get; } = [];
}
