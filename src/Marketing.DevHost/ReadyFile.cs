using System.Text.Json;

namespace Marketing.DevHost;

/// <summary>Addresses and keys of a running machine, for scripts.</summary>
/// <param name="ApiUrl">Ends in <c>/api</c>.</param>
/// <param name="AdminKey">API key with every scope.</param>
/// <param name="DatabaseUrl">In the form <c>postgres://</c>.</param>
/// <param name="StorageConnectionString">Blobs and queues.</param>
/// <param name="UploadsContainer">Where files are dropped.</param>
/// <param name="StubUrl">Stand-ins of the platforms.</param>
/// <param name="WebhookKeys">What a sender of webhooks needs: sendGridPrivateKey (PEM), metaAppSecret, metaVerifyToken.</param>
/// <param name="Pid">Process id of the DevHost.</param>
public sealed record ReadyFile(
    string ApiUrl, string AdminKey, string DatabaseUrl, string StorageConnectionString, string UploadsContainer, string StubUrl, IReadOnlyDictionary<string, string> WebhookKeys, int Pid)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes it whole or not at all, readable by its owner alone.</summary>
    public async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        var work = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var stream = new FileStream(work, options)) await JsonSerializer.SerializeAsync(stream, this, Json, cancellationToken);
        File.Move(work, file, overwrite: true);
    }

    /// <summary>Reads one; null when there is none.</summary>
    public static async Task<ReadyFile?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) return null;
        await using var stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<ReadyFile>(stream, Json, cancellationToken);
    }
}
