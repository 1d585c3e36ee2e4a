using System.Globalization;
using System.Text.Json;

namespace Marketing.Library.Ingest.Video;

/// <summary>What a video or audio file holds.</summary>
/// <param name="Seconds">Duration.</param>
/// <param name="Width">Pixels as looked at, after rotation; 0 without video.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Codecs">Names, such as <c>h264, aac</c>.</param>
/// <param name="HasVideo">True for moving pictures; the cover of a song is none.</param>
internal sealed record FoundVideo(double Seconds, int Width, int Height, string Codecs, bool HasVideo)
{
    /// <summary>MP4 or QuickTime with H.264 in 8 bits 4:2:0 and AAC or no sound.</summary>
    public bool IsForPlatforms { get; init; }
}

/// <summary>Looks into video and audio with ffprobe and takes a picture with ffmpeg, where this machine has them.</summary>
internal sealed class ProbeVideo(MediaTools tools)
{
    private const string Missing = "This machine has no ffmpeg, so the file has no duration, no dimensions and no poster.";
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PosterLimit = TimeSpan.FromSeconds(60);

    // A file may name other files or addresses, as playlists do; only this file is opened.
    /// <summary>Arguments that keep ffmpeg from opening anything but the file itself.</summary>
    public static readonly string[] ThisFileOnly = ["-protocol_whitelist", "file"];

    /// <summary>What is in the file; null with the reason when nobody can look.</summary>
    /// <exception cref="MediaException">The file is damaged.</exception>
    public async Task<(FoundVideo? Found, string? Note)> RunAsync(string path, CancellationToken cancellationToken)
    {
        if (tools.Ffprobe is not { } ffprobe) return (null, Missing);
        var answer = await RunTool.RunAsync(ffprobe, ["-v", "error", .. ThisFileOnly, "-show_format", "-show_streams", "-of", "json", path], ProbeLimit, cancellationToken);
        if (answer is not { } ended) return (null, $"Looking into the file took longer than {ProbeLimit.TotalSeconds} s, so it has no duration and no poster.");
        if (ended.ExitCode != 0 || Read(ended.Output) is not { } found) throw new MediaException("The file is damaged or cut off: it holds no playable video or sound. Upload it again.");
        return (found, $"{found.Codecs}.");
    }

    /// <summary>A picture from the video: at a tenth of it, at most 10 seconds in, where titles are over.</summary>
    public async Task<TemporaryPicture> PosterAsync(string path, FoundVideo video, CancellationToken cancellationToken)
    {
        if (tools.Ffmpeg is not { } ffmpeg) return new TemporaryPicture(null, Missing);
        var picture = TemporaryPicture.NewPath() + ".jpg";
        var at = Math.Min(10, video.Seconds / 10).ToString("0.###", CultureInfo.InvariantCulture);
        var answer = await RunTool.RunAsync(ffmpeg, ["-v", "error", "-nostdin", .. ThisFileOnly, "-ss", at, "-i", path, "-frames:v", "1", "-q:v", "2", "-f", "image2", "-y", picture], PosterLimit, cancellationToken);
        if (answer is { ExitCode: 0 } && File.Exists(picture)) return new TemporaryPicture(picture);
        File.Delete(picture);
        return new TemporaryPicture(null, "No picture could be taken from it.");
    }

    /// <summary>Reads ffprobe's JSON; null when it names no stream.</summary>
    internal static FoundVideo? Read(string json)
    {
        using var document = JsonDocument.Parse(json.Length == 0 ? "{}" : json);
        if (!document.RootElement.TryGetProperty("streams", out var streams)) return null;
        var playable = streams.EnumerateArray().Where(stream => Text(stream, "codec_type") is "video" or "audio" && !IsCover(stream)).ToList();
        if (playable.Count == 0) return null;
        var seconds = document.RootElement.TryGetProperty("format", out var format) && double.TryParse(Text(format, "duration"), CultureInfo.InvariantCulture, out var duration) ? Math.Clamp(duration, 0, int.MaxValue) : 0;
        var codecs = string.Join(", ", playable.Select(stream => Text(stream, "codec_name")));
        var picture = playable.Where(stream => Text(stream, "codec_type") == "video").Cast<JsonElement?>().FirstOrDefault();
        if (picture is not { } shown) return new FoundVideo(seconds, 0, 0, codecs, HasVideo: false);
        var (width, height) = (shown.GetProperty("width").GetInt32(), shown.GetProperty("height").GetInt32());
        var isForPlatforms = Text(shown, "codec_name") == "h264" && (Text(shown, "pix_fmt") is "yuv420p" or "yuvj420p") && (format.ValueKind == JsonValueKind.Object ? Text(format, "format_name") : null)?.Contains("mp4", StringComparison.Ordinal) == true
            && playable.Where(stream => Text(stream, "codec_type") == "audio").All(stream => Text(stream, "codec_name") == "aac");
        if (Math.Abs(Rotation(shown)) % 180 == 90) (width, height) = (height, width);
        return new FoundVideo(seconds, width, height, codecs, HasVideo: true) { IsForPlatforms = isForPlatforms };
    }

    private static int Rotation(JsonElement stream)
    {
        if (stream.TryGetProperty("side_data_list", out var sides))
            foreach (var side in sides.EnumerateArray())
                if (side.TryGetProperty("rotation", out var rotation)) return (int)rotation.GetDouble();
        return stream.TryGetProperty("tags", out var tags) && int.TryParse(Text(tags, "rotate"), CultureInfo.InvariantCulture, out var turned) ? turned : 0;
    }

    private static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition) && disposition.TryGetProperty("attached_pic", out var cover) && cover.GetInt32() == 1;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;
}
