using System.ComponentModel;
using System.Diagnostics;

namespace Marketing.Library.Ingest;

/// <summary>Runs a program of the system on a file, within a time and with a bounded output. It gets no shell and no input.</summary>
internal static class RunTool
{
    private const int MaxOutput = 1 << 20;

    /// <summary>Where a program is; null when this machine has none.</summary>
    public static string? Find(string name, string? folder) =>
        (folder is { Length: > 0 } ? [folder] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        .SelectMany(place => new[] { Path.Combine(place, name), Path.Combine(place, $"{name}.exe") }).FirstOrDefault(File.Exists);

    /// <summary>Its exit code and the start of its output; null when it did not end in time or could not be started.</summary>
    public static async Task<(int ExitCode, string Output)?> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }
        process.StandardInput.Close();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limit);
        try
        {
            var complaints = ReadAsync(process.StandardError, time.Token);
            var output = await ReadAsync(process.StandardOutput, time.Token);
            await complaints;
            await process.WaitForExitAsync(time.Token);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new System.Text.StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellationToken)) > 0)
            if (text.Length < MaxOutput) text.Append(buffer, 0, read);
        return text.ToString();
    }
}
