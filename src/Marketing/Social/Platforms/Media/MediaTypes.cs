namespace Marketing.Social.Platforms.Media;

/// <summary>Media types of files whose server does not tell one, as stores often do not.</summary>
internal static class MediaTypes
{
    /// <summary>The file with its type: what its server says, else what the extension of its address says.</summary>
    public static MediaFile Typed(this MediaFile file, string url) => file.ContentType is not ("application/octet-stream" or "binary/octet-stream" or "")
        ? file with { ContentType = file.ContentType.Split(';')[0].Trim().ToLowerInvariant() }
        : Path.GetExtension(new Uri(url).AbsolutePath).ToUpperInvariant() switch
        {
            ".JPG" or ".JPEG" => file with { ContentType = "image/jpeg" },
            ".PNG" => file with { ContentType = "image/png" },
            ".GIF" => file with { ContentType = "image/gif" },
            ".WEBP" => file with { ContentType = "image/webp" },
            ".MP4" or ".M4V" => file with { ContentType = "video/mp4" },
            ".MOV" => file with { ContentType = "video/quicktime" },
            ".WEBM" => file with { ContentType = "video/webm" },
            ".PDF" => file with { ContentType = "application/pdf" },
            _ => file,
        };
}
