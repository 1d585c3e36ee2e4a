using System.Text.Json;
using Marketing.Data;
using Marketing.Library.Removal;
using Marketing.Library.Usage;
using Marketing.Problems;
using Marketing.Resources;

namespace Marketing.Library;

/// <summary>Rules of <c>content_library</c>: addresses are addresses, the focal point lies in the picture, and what is in use is neither deleted nor archived.</summary>
internal sealed class LibraryAssetRule : IWriteRule<LibraryAsset>
{
    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<LibraryAsset> write, CancellationToken cancellationToken)
    {
        var isArchived = write.Kind == WriteKind.Update && write.Row.Status == "archived" && write.Changes(asset => asset.Status);
        if ((write.Kind == WriteKind.Delete || isArchived) && await AssetUses.LiveAsync(write.Connection, write.Row.Id, cancellationToken) is { Count: > 0 } uses)
            throw new ProblemException(AssetInUse.Problem(write.Caller, uses));
        if (write.Kind == WriteKind.Delete) return;
        var row = write.Row;
        if (write.Changes(asset => asset.FileUrl)) write.IsWebAddress("file_url", row.FileUrl);
        if (write.Changes(asset => asset.ThumbnailUrl)) write.IsWebAddress("thumbnail_url", row.ThumbnailUrl);
        write.NotNegative("file_size_bytes", row.FileSizeBytes);
        write.NotNegative("duration_seconds", row.DurationSeconds);
        if (!HasNumbers(row.Dimensions, "width", "height", least: 1, most: int.MaxValue))
            write.Refuse("dimensions", "invalid_value", "dimensions must be like {\"width\":1920,\"height\":1080}, in pixels.");
        if (!HasNumbers(row.FocalPoint, "x", "y", least: 0, most: 1))
            write.Refuse("focal_point", "invalid_value", "focal_point must be like {\"x\":0.5,\"y\":0.3}: parts of width and height, 0 to 1.");
    }

    private static bool HasNumbers(string? json, string first, string second, double least, double most)
    {
        if (json is null) return true;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object && IsNumber(first) && IsNumber(second);

        bool IsNumber(string name) =>
            document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.GetDouble() >= least && value.GetDouble() <= most;
    }
}
