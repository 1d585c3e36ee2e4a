using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Programs of the system that look into files for the library, where this machine has them.</summary>
internal sealed class MediaTools(IOptions<LibraryOptions> options)
{
    /// <summary>Looks into video and audio; null when this machine has none.</summary>
    public string? Ffprobe { get; } = RunTool.Find("ffprobe", options.Value.FfmpegFolder);

    /// <summary>Takes pictures from video and makes others of it; null likewise.</summary>
    public string? Ffmpeg { get; } = RunTool.Find("ffmpeg", options.Value.FfmpegFolder);

    /// <summary>Draws pages of PDF; null likewise.</summary>
    public string? Pdftoppm { get; } = RunTool.Find("pdftoppm", folder: null);

    /// <summary>What is not here, each with what it prevents.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. Ffprobe is null || Ffmpeg is null ? ["ffmpeg (duration, dimensions, posters and MP4 of video and audio)"] : Array.Empty<string>(),
        .. Pdftoppm is null ? ["pdftoppm (previews of PDF)"] : Array.Empty<string>(),
    ];
}
