namespace Marketing.Library.Ingest;

/// <summary>The file itself is at fault: trying again would not help. The message goes to the asset's reason.</summary>
internal sealed class MediaException(string message, Exception? inner = null) : Exception(message, inner);
