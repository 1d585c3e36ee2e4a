using System.ComponentModel.DataAnnotations;
using Marketing.Library.Tagging;

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

    /// <summary>Images decoded at once by one process, each on one processor; each takes up to some 100 MB for a 12-megapixel photograph. Two where there are two processors.</summary>
    [Range(1, 64, ErrorMessage = "Library:ConcurrentRenders must be from 1 to 64. Example: 1")]
    public int ConcurrentRenders { get; set; } = Math.Min(2, Environment.ProcessorCount);

    /// <summary>For how long one worker holds one blob. A worker that dies gives the blob back when this has passed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00", ErrorMessage = "Library:LeaseTime must be from 00:00:01 to 06:00:00. Example: 00:05:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest SVG file, in bytes. 4 MiB unless set.</summary>
    [Range(1, 1L << 30, ErrorMessage = "Library:MaxSvgBytes must be from 1 to 1073741824 bytes. Example: 4194304")]
    public long MaxSvgBytes { get; set; } = 4L << 20;

    /// <summary>Most frames of an animation, or pages of a TIFF.</summary>
    [Range(1, 100_000, ErrorMessage = "Library:MaxFrames must be from 1 to 100000. Example: 2000")]
    public int MaxFrames { get; set; } = 2_000;

    /// <summary>Most pages of a PDF whose text is read for search; the file itself may have more.</summary>
    [Range(1, 10_000, ErrorMessage = "Library:MaxTextPages must be from 1 to 10000. Example: 200")]
    public int MaxTextPages { get; set; } = 200;

    /// <summary>Largest PDF that is read for its text, in bytes. 64 MiB unless set.</summary>
    [Range(1, 1L << 30, ErrorMessage = "Library:MaxPdfBytes must be from 1 to 1073741824 bytes. Example: 67108864")]
    public long MaxPdfBytes { get; set; } = 64L << 20;

    /// <summary>By how much a zip archive, which Office files are too, may unfold.</summary>
    [Range(2, 100_000, ErrorMessage = "Library:MaxZipRatio must be from 2 to 100000. Example: 200")]
    public int MaxZipRatio { get; set; } = 200;

    /// <summary>True takes up waiting uploads newest first, so that today's photographs do not wait behind an archive.</summary>
    public bool NewestFirst { get; set; }

    /// <summary>Requests that may wait for a rendition to be made; beyond these the answer is 503.</summary>
    [Range(0, 10_000, ErrorMessage = "Library:WaitingRenders must be from 0 to 10000. Example: 16")]
    public int WaitingRenders { get; set; } = 16;

    /// <summary>Folder with ffmpeg and ffprobe; empty looks along the PATH. Without them video and audio are kept undescribed.</summary>
    public string? FfmpegFolder { get; set; }

    /// <summary>Assets that the back-fill describes again in one run when the tagger has changed; 0 leaves them.</summary>
    [Range(0, 10_000, ErrorMessage = "Library:RetagPerRun must be from 0 to 10000. Example: 20")]
    public int RetagPerRun { get; set; }

    /// <summary>Tokens that tagging may use within 24 hours; the back-fill stops there. 1,000,000 unless set.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Library:TokensPerDay must not be negative. Example: 1000000")]
    public long TokensPerDay { get; set; } = 1_000_000;

    /// <summary>Who describes pictures: auto (a chat model that is registered, else Azure AI Vision where it is named, else the offline model), chat, azure_vision, onnx, none.</summary>
    [RegularExpression("^(auto|chat|azure_vision|onnx|none)$", ErrorMessage = "Library:Tagger must be auto, chat, azure_vision, onnx or none. Example: auto")]
    public string Tagger { get; set; } = "auto";

    /// <summary>Azure AI Vision.</summary>
    public AzureVisionOptions AzureVision { get; set; } = new();

    /// <summary>What tagging may cost within 24 hours, in the currency of the prices below; the back-fill stops there. No limit unless set.</summary>
    [Range(0, 1e9, ErrorMessage = "Library:CostPerDay must not be negative. Example: 5")]
    public double? CostPerDay { get; set; }

    /// <summary>Price of a million tokens that are read.</summary>
    [Range(0, 1e6, ErrorMessage = "Library:InputTokenPrice must not be negative. Example: 0.4")]
    public double InputTokenPrice { get; set; }

    /// <summary>Price of a million tokens that are written.</summary>
    [Range(0, 1e6, ErrorMessage = "Library:OutputTokenPrice must not be negative. Example: 1.6")]
    public double OutputTokenPrice { get; set; }

    /// <summary>Price of a picture that is described, beside its tokens.</summary>
    [Range(0, 1e6, ErrorMessage = "Library:PicturePrice must not be negative. Example: 0.002")]
    public double PicturePrice { get; set; }

    /// <summary>Longest video of which an MP4 for the platforms is made, in seconds; 0 makes none.</summary>
    [Range(0, 86_400, ErrorMessage = "Library:MaxVideoSeconds must be from 0 to 86400. Example: 300")]
    public int MaxVideoSeconds { get; set; } = 300;
}
