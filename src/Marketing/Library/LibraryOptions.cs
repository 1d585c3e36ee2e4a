using System.ComponentModel.DataAnnotations;

namespace Marketing.Library;

/// <summary>Settings of the media library, section <c>Library</c>. Every default works.</summary>
public sealed class LibraryOptions
{
    /// <summary>Container that uploads arrive in.</summary>
    [Required, RegularExpression("^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$",
        ErrorMessage = "Library:UploadsContainer must be a container name: 3 to 63 lower-case letters, digits and single hyphens. Example: uploads")]
    public string UploadsContainer { get; set; } = "uploads";

    /// <summary>Container that renditions are written to. It must not be the uploads container: each rendition would be ingested in turn.</summary>
    [Required, RegularExpression("^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$",
        ErrorMessage = "Library:RenditionsContainer must be a container name: 3 to 63 lower-case letters, digits and single hyphens. Example: renditions")]
    public string RenditionsContainer { get; set; } = "renditions";

    /// <summary>Folder with <c>inception_v3.onnx</c> and <c>labels.txt</c>; without it photographs are not tagged.</summary>
    public string? ModelFolder { get; set; }

    /// <summary>Largest file, in bytes. 512 MiB unless set.</summary>
    [Range(1, 4L << 40, ErrorMessage = "Library:MaxFileBytes must be from 1 to 4398046511104 bytes. Example: 536870912")]
    public long MaxFileBytes { get; set; } = 512L << 20;

    /// <summary>Largest image file, in bytes. 64 MiB unless set.</summary>
    [Range(1, 4L << 40, ErrorMessage = "Library:MaxImageBytes must be from 1 to 4398046511104 bytes. Example: 67108864")]
    public long MaxImageBytes { get; set; } = 64L << 20;

    /// <summary>Most pixels of an image, read from its header before anything is decoded: a small file may unfold into gigabytes.</summary>
    [Range(1, 2_000_000_000, ErrorMessage = "Library:MaxPixels must be from 1 to 2000000000. Example: 100000000")]
    public long MaxPixels { get; set; } = 100_000_000;

    /// <summary>Images decoded at once by one process; each takes up to some 100 MB for a 12-megapixel photograph.</summary>
    [Range(1, 64, ErrorMessage = "Library:ConcurrentRenders must be from 1 to 64. Example: 1")]
    public int ConcurrentRenders { get; set; } = 1;

    /// <summary>For how long one worker holds one blob. A worker that dies gives the blob back when this has passed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00", ErrorMessage = "Library:LeaseTime must be from 00:00:01 to 06:00:00. Example: 00:05:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromMinutes(5);
}
