using Marketing.Data;

namespace Marketing.Library.Ingest;

/// <summary>What the uploader wrote beside the file, as blob metadata. Values may be percent-encoded, since metadata holds ASCII only.</summary>
internal sealed class UploadMetadata(IDictionary<string, string> metadata)
{
    /// <summary>The house that the file shows; null when none is named.</summary>
    public string? Property => Text("property_id");

    /// <summary>Writes what is there into the row; what is not there stays as it is.</summary>
    public void ApplyTo(LibraryAsset asset)
    {
        asset.AltText = Text("alt_text") ?? asset.AltText;
        asset.Caption = Text("caption") ?? asset.Caption;
        asset.Photographer = Text("photographer") ?? asset.Photographer;
        asset.LicenseType = Text("license_type") ?? asset.LicenseType;
        asset.Source = Text("source") ?? asset.Source;
        if (Text("tags") is { } tags) asset.Tags = [.. tags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
    }

    private string? Text(string name) =>
        metadata.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } value
            ? Uri.UnescapeDataString(value).Replace("\0", "", StringComparison.Ordinal)
            : null;
}
