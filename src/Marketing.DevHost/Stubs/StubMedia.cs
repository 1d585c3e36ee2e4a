using System.Buffers.Binary;

namespace Marketing.DevHost.Stubs;

/// <summary>Fetches media as a platform's server would, really and without a redirect, and looks at the bytes.</summary>
internal static class StubMedia
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>The file; null when it cannot be fetched.</summary>
    public static async Task<byte[]?> FetchAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(url), cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(cancellationToken) : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or UriFormatException or TaskCanceledException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>True for JPEG.</summary>
    public static bool IsJpeg(byte[] file) => file is [0xFF, 0xD8, 0xFF, ..];

    /// <summary>True for MP4 and MOV.</summary>
    public static bool IsVideo(byte[] file) => file.Length > 8 && file.AsSpan(4, 4).SequenceEqual("ftyp"u8);

    /// <summary>Width through height of a JPEG; 1 when its header is not understood.</summary>
    public static double JpegRatio(byte[] file)
    {
        for (var at = 2; at + 9 < file.Length && file[at] == 0xFF; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2)))
        {
            if (file[at + 1] is not (>= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC)) continue;
            return (double)BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 7)) / Math.Max((ushort)1, BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 5)));
        }
        return 1;
    }

    /// <summary>An address without its signature.</summary>
    public static string Plain(string url) => url.Split('?')[0];
}
