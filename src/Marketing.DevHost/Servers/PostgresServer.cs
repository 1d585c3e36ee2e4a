using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Marketing.DevHost.Servers;

/// <summary>A PostgreSQL server of our own on the loopback address, with its cluster in a folder.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "marketing";
    private const string Password = "marketing";

    // PostgreSQL refuses to run as root.
    private const string UnprivilegedUser = "nobody";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly GuardedProcess process;
    private readonly int port;

    private PostgresServer(GuardedProcess process, int port) => (this.process, this.port) = (process, port);

    /// <summary>Starts the server, after making the cluster where there is none.</summary>
    /// <param name="binFolder">Folder of <c>initdb</c> and <c>postgres</c>.</param>
    /// <param name="dataFolder">Folder of the cluster; created when absent.</param>
    /// <param name="durable">False for tests whose data may be lost with the machine: nothing is flushed to the disk.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="DevHostException">The server does not start; the message holds what it said.</exception>
    public static async Task<PostgresServer> StartAsync(string binFolder, string dataFolder, bool durable, CancellationToken cancellationToken)
    {
        var cluster = PlaceFor(dataFolder);
        if (!File.Exists(Path.Combine(cluster, "PG_VERSION"))) await InitialiseAsync(binFolder, cluster, cancellationToken);
        var port = FreePort.Next();
        string[] arguments =
        [
            "-D", cluster, "-p", port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300", "-c", "shared_buffers=128MB",
            .. durable ? [] : (string[])["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
        ];
        // INT: disconnect clients, write a checkpoint, end.
        var process = GuardedProcess.Start("PostgreSQL", Program(binFolder, "postgres"), arguments, "INT", RunAs);
        var server = new PostgresServer(process, port);
        try
        {
            await process.WaitUntilAsync(server.AnswersAsync, StartLimit, cancellationToken);
            return server;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the cluster really lies: the folder itself, or, as root, one that an unprivileged user can reach.</summary>
    public static string PlaceFor(string dataFolder)
    {
        var full = Path.GetFullPath(dataFolder);
        if (RunAs is null || IsReachable(full)) return full;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(full)))[..12];
        return Path.Combine("/var/tmp", $"marketing-devhost-{hash}");
    }

    /// <summary>Npgsql connection string of one of the server's databases.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = database,
        Username = User,
        Password = Password,
    }.ConnectionString;

    /// <summary>Creates a database unless it exists.</summary>
    /// <param name="database">Name; letters, digits and underscores.</param>
    /// <param name="template">Database to copy, with everything in it; nobody may be connected to it.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async Task CreateDatabaseAsync(string database, string template, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select count(*) from pg_database where datname = $1", connection) { Parameters = { new() { Value = database } } };
        if (await exists.ExecuteScalarAsync(cancellationToken) is > 0L) return;
        await using var create = new NpgsqlCommand($"create database \"{database}\" template \"{template}\"", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Stops the server in good order.</summary>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static string? RunAs => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess ? UnprivilegedUser : null;

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task InitialiseAsync(string binFolder, string cluster, CancellationToken cancellationToken)
    {
        // Initialised under another name: a folder of the final name holds a complete cluster.
        var work = $"{cluster}.new";
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        Directory.CreateDirectory(work);
        var passwordFile = $"{cluster}.password";
        await File.WriteAllTextAsync(passwordFile, Password, cancellationToken);
        if (RunAs is { } user) await RunAsync("chown", [user, work, passwordFile], null, cancellationToken);
        await RunAsync(
            Program(binFolder, "initdb"),
            ["-D", work, "-U", User, "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C", "--no-sync"],
            RunAs, cancellationToken);
        File.Delete(passwordFile);
        if (Directory.Exists(cluster)) Directory.Delete(cluster, recursive: true);
        Directory.Move(work, cluster);
    }

    private static async Task RunAsync(string program, string[] arguments, string? userName, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        if (!OperatingSystem.IsWindows() && userName is not null) start.UserName = userName;
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            await output;
            if (process.ExitCode != 0) throw new DevHostException($"{Path.GetFileName(program)} failed with exit code {process.ExitCode}: {(await error).Trim().ReplaceLineEndings(" ")}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new DevHostException($"PostgreSQL cannot be started: {program} does not run ({exception.Message}).", exception);
        }
    }

    private static bool IsReachable(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing)!;
        for (var at = new DirectoryInfo(existing); at is not null; at = at.Parent)
        {
            // The cluster's own folder belongs to the unprivileged user; those above it must let everybody through.
            if (!OperatingSystem.IsWindows() && at.FullName != folder && (at.UnixFileMode & UnixFileMode.OtherExecute) == 0) return false;
        }
        return true;
    }

    private static string Program(string binFolder, string name) => Path.Combine(binFolder, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
}
