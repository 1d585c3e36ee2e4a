using Marketing.DevHost.Servers;

namespace Marketing.DevHost.Commands;

/// <summary>Deletes a data folder.</summary>
internal static class ResetCommand
{
    /// <summary>Deletes it, unless an instance runs on it.</summary>
    /// <exception cref="DevHostException">An instance runs on it.</exception>
    public static async Task<int> RunAsync(string dataFolder, CancellationToken cancellationToken)
    {
        if (await InstanceFile.RunningAsync(dataFolder, cancellationToken) is { } running)
            throw new DevHostException($"An instance runs on {dataFolder} (process {running.Pid}). Stop it first.");
        foreach (var folder in new[] { PostgresServer.PlaceFor(Path.Combine(dataFolder, "postgres")), dataFolder })
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        await Console.Out.WriteLineAsync($"Deleted {dataFolder}.");
        return 0;
    }
}
