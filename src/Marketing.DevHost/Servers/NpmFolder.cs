using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.DevHost.Servers;

/// <summary>A folder of npm packages in the cache, as a <c>package.json</c> and its lock file name them.</summary>
public static class NpmFolder
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    /// <summary>Installs the packages unless they are. Any number of processes may do so at once.</summary>
    /// <param name="source">Folder with <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <param name="name">Begins the folder's name.</param>
    /// <param name="complete">What is to be done to a fresh installation.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The folder, below which <c>node_modules</c> lies.</returns>
    /// <exception cref="DevHostException">Node.js or npm is absent, or the registry cannot be reached.</exception>
    public static async Task<string> InstallAsync(string source, string name, Func<string, CancellationToken, Task>? complete, CancellationToken cancellationToken)
    {
        var manifest = await File.ReadAllTextAsync(Path.Combine(source, "package.json"), cancellationToken);
        var lockFile = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"), cancellationToken);
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest + lockFile)))[..12];
        var folder = Path.Combine(ServerPackages.CacheFolder, $"{name}-{version}");
        if (!Directory.Exists(folder)) await InstallIntoAsync(folder, manifest, lockFile, complete, cancellationToken);
        return folder;
    }

    // Into a folder of our own, then renamed: a folder of the final name is complete, and the slower of two installers gives way.
    private static async Task InstallIntoAsync(string folder, string manifest, string lockFile, Func<string, CancellationToken, Task>? complete, CancellationToken cancellationToken)
    {
        var work = Directory.CreateDirectory($"{folder}.{Guid.NewGuid():N}").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(work, "package.json"), manifest, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(work, "package-lock.json"), lockFile, cancellationToken);
            await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work, cancellationToken);
            if (complete is not null) await complete(work, cancellationToken);
            Directory.Move(work, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was faster; its installation is the same.
        }
        finally
        {
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="DevHostException">It is not installed, or it failed; the message holds what it said.</exception>
    public static async Task<string> RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(InstallLimit);
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            var said = $"{await output} {await error}".Trim();
            if (process.ExitCode != 0) throw new DevHostException($"{program} {arguments[0]} failed with exit code {process.ExitCode}. Check that the npm registry can be reached. It said: {said}");
            return said;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new DevHostException("Node.js was not found. Install Node.js 20 or later (it brings npm) and put it on the PATH.", exception);
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }
}
