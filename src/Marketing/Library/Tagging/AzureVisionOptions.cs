namespace Marketing.Library.Tagging;

/// <summary>Azure AI Vision, section <c>Library:AzureVision</c>.</summary>
public sealed class AzureVisionOptions
{
    /// <summary>Address of the resource, such as <c>https://NAME.cognitiveservices.azure.com/</c>; empty for none.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Its key; empty uses the identity of the app, which needs the role Cognitive Services User.</summary>
    public string? Key { get; set; }

    /// <summary>False in regions whose service writes no captions.</summary>
    public bool HasCaptions { get; set; } = true;
}
