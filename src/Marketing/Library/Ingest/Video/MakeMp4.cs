using Marketing.Library.Renditions;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest.Video;

/// <summary>
/// Makes of a video what every platform takes: MP4 with H.264 (8 bits, 4:2:0) and AAC, at most 1,920 pixels and 60 frames a second, its index at the
/// front. Source: Meta, "Reels specifications"; the other platforms ask for no less. A file that is so already is left as it is.
/// </summary>
internal sealed class MakeMp4(MediaTools tools, StoreRenditions renditions, IOptions<LibraryOptions> options) : IDisposable
{
    /// <summary>Name of the file, and of its rendition.</summary>
    public const string FileName = "video.mp4";

    private const int MostEdge = 1920;
    private const int MostSmoothness = 60;
    private const string MostBits = "8M";

    // Below the lease, which nobody renews meanwhile.
    private const double ShareOfLease = 0.6;
    private static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Makes and stores it.</summary>
    /// <returns>The rendition, or why there is none; neither where the machine lacks ffmpeg, which the video's note tells already.</returns>
    public async Task<(Rendition? Made, string? Note)> RunAsync(string path, FoundVideo video, RenditionName owner, CancellationToken cancellationToken)
    {
        if (tools.Ffmpeg is not { } ffmpeg || options.Value.MaxVideoSeconds == 0) return (null, null);
        if (video.IsForPlatforms && Math.Max(video.Width, video.Height) <= MostEdge) return (null, "Platforms take the file as it is.");
        if (video.Seconds > options.Value.MaxVideoSeconds) return (null, $"It is longer than {options.Value.MaxVideoSeconds} s, so no MP4 for the platforms was made of it.");
        if (!await turn.WaitAsync(LongestWait, cancellationToken)) return (null, "Other videos were being made, so there is no MP4 of this one yet.");
        var file = TemporaryPicture.NewPath() + ".mp4";
        try
        {
            var lease = options.Value.LeaseTime * ShareOfLease;
            var answer = await RunTool.RunAsync(ffmpeg, Arguments(path, file), lease < LongestWork ? lease : LongestWork, cancellationToken);
            if (answer is not { } ended) return (null, "Making an MP4 for the platforms took too long.");
            if (ended.ExitCode != 0 || !File.Exists(file) || new FileInfo(file).Length is 0 or > int.MaxValue) return (null, "No MP4 for the platforms could be made of it.");
            var url = await renditions.WriteFileAsync(owner.Prefix + FileName, "video/mp4", file, cancellationToken);
            var scale = Math.Min(1, (double)MostEdge / Math.Max(video.Width, video.Height));
            return (new Rendition("video", "mp4", url.AbsoluteUri, Even(video.Width * scale), Even(video.Height * scale), (int)new FileInfo(file).Length), null);
        }
        finally
        {
            turn.Release();
            File.Delete(file);
        }
    }

    /// <summary>Frees the turn.</summary>
    public void Dispose() => turn.Dispose();

    private static string[] Arguments(string path, string file) =>
    [
        "-v", "error", "-nostdin", .. ProbeVideo.ThisFileOnly, "-i", path, "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1",
        "-vf", $"scale=w='trunc(iw*min(1,{MostEdge}/max(iw,ih))/2)*2':h='trunc(ih*min(1,{MostEdge}/max(iw,ih))/2)*2',setsar=1", "-fpsmax", $"{MostSmoothness}",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-maxrate", MostBits, "-bufsize", "16M", "-pix_fmt", "yuv420p", "-profile:v", "high", "-threads", "2",
        "-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2", "-movflags", "+faststart", "-f", "mp4", "-y", file,
    ];

    private static int Even(double length) => Math.Max(2, (int)length / 2 * 2);
}
