using Marketing.DevHost.Servers;

namespace Marketing.DevHost;

/// <summary>Says which process runs on a data folder, and where it answers. The file is held open, so that it is free when its process is gone.</summary>
internal sealed class InstanceFile : IAsyncDisposable
{
    private const string LockName = "instance.lock";
    private const string ReadyName = "instance.json";

    private readonly FileStream hold;
    private readonly string folder;

    private InstanceFile(FileStream hold, string folder) => (this.hold, this.folder) = (hold, folder);

    /// <summary>Takes the folder for this process.</summary>
    /// <exception cref="DevHostException">Another process has it.</exception>
    public static InstanceFile Claim(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        try
        {
            return new InstanceFile(new FileStream(Path.Combine(dataFolder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), dataFolder);
        }
        catch (IOException taken)
        {
            throw new DevHostException($"Another instance runs on {dataFolder}. Stop it, or name another folder with --data.", taken);
        }
    }

    /// <summary>Addresses of the instance that runs on the folder; null when there is none.</summary>
    public static async Task<ReadyFile?> RunningAsync(string dataFolder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(dataFolder)) return null;
        try
        {
            await using var free = Claim(dataFolder);
            return null;
        }
        catch (DevHostException)
        {
            return await ReadyFile.ReadAsync(Path.Combine(dataFolder, ReadyName), cancellationToken);
        }
    }

    /// <summary>Makes the addresses known.</summary>
    public Task WriteAsync(ReadyFile ready, CancellationToken cancellationToken) => ready.WriteAsync(Path.Combine(folder, ReadyName), cancellationToken);

    /// <summary>Gives the folder back.</summary>
    public async ValueTask DisposeAsync() => await hold.DisposeAsync();
}
