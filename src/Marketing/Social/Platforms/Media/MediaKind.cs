namespace Marketing.Social.Platforms.Media;

/// <summary>Whether a medium is a video.</summary>
internal static class MediaKind
{
    /// <summary>Told by the address where its extension tells, else by the type that the file's server names.</summary>
    /// <exception cref="MediaUnreadableException">The address does not tell and its server cannot be asked.</exception>
    public static async Task<bool> IsVideoAsync(this ReadMedia media, string url, CancellationToken cancellationToken) =>
        Path.GetExtension(new Uri(url).AbsolutePath).ToUpperInvariant() switch
        {
            ".MP4" or ".MOV" or ".M4V" or ".WEBM" or ".AVI" or ".MKV" => true,
            ".JPG" or ".JPEG" or ".PNG" or ".WEBP" or ".GIF" or ".BMP" or ".TIF" or ".TIFF" or ".HEIC" or ".AVIF" => false,
            _ => (await media.DescribeAsync(url, cancellationToken)).ContentType.StartsWith("video/", StringComparison.OrdinalIgnoreCase),
        };
}
