namespace Marketing.DevHost.Servers;

/// <summary>Something of this machine keeps a server from running; the message is one clear sentence for the person who started it.</summary>
public sealed class DevHostException(string message, Exception? inner = null) : Exception(message, inner);
