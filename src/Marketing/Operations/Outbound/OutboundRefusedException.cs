namespace Marketing.Operations.Outbound;

/// <summary>An address that a caller supplied is not connected to. The message may be shown to the caller.</summary>
public sealed class OutboundRefusedException(string message) : Exception(message);
