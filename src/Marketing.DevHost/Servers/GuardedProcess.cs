using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Marketing.DevHost.Servers;

/// <summary>
/// A child process that never outlives this one: on Unix a small shell stands between, whose standard input is a pipe from here. When this
/// process ends, however it ends, the pipe closes and the shell stops the child.
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    private const string Guard = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        ( cat <&3 >/dev/null; kill -s "$STOP_SIGNAL" $child ) 2>/dev/null &
        guard=$!
        trap '' INT
        trap 'kill -s "$STOP_SIGNAL" $child' TERM
        wait $child; code=$?
        while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
        kill $guard 2>/dev/null
        exit $code
        """;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly Process process;
    private readonly string name;
    private readonly ConcurrentQueue<string> lastLines = new();

    private GuardedProcess(string name, Process process)
    {
        (this.name, this.process) = (name, process);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>True when the child has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What the child wrote last, for an error message.</summary>
    public string LastLines => string.Join(" | ", lastLines);

    /// <summary>Starts a program.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="program">Path of the executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="stopSignal">Signal that ends it in good order, for example INT.</param>
    /// <param name="userName">User to run it as; null for this one.</param>
    /// <param name="environment">Variables added to this process's own.</param>
    /// <exception cref="DevHostException">It cannot be started.</exception>
    public static GuardedProcess Start(string name, string program, IEnumerable<string> arguments, string stopSignal = "TERM", string? userName = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("/bin/sh", ["-c", Guard, name, program, .. arguments]) { UserName = userName ?? "" };
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["STOP_SIGNAL"] = stopSignal;
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        start.WorkingDirectory = Path.GetTempPath();
        try
        {
            return new GuardedProcess(name, Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new DevHostException($"{name} cannot be started: {program} does not run ({exception.Message}).", exception);
        }
    }

    /// <summary>Waits until something is true of the child.</summary>
    /// <exception cref="DevHostException">It ended, or the time is up; the message holds what it wrote last.</exception>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> isReady, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (!await isReady(cancellationToken))
        {
            if (HasExited) throw new DevHostException($"{name} ended with exit code {process.ExitCode} at its start. It said: {LastLines}");
            if (watch.Elapsed > limit) throw new DevHostException($"{name} was not ready after {limit.TotalSeconds:0} s. It said: {LastLines}");
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Asks the child to end and waits for it; after a while it is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                if (OperatingSystem.IsWindows()) process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lastLines.Enqueue(line.Trim());
        while (lastLines.Count > 5) lastLines.TryDequeue(out _);
    }
}
