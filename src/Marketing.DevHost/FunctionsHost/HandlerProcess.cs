using System.Diagnostics;
using System.Globalization;
using Marketing.DevHost.Servers;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>
/// The function app's process, kept alive by the Functions host's rules: exit code 0 is never started again, 200 is started again at once,
/// any other is an error, and after too many errors the host gives up.
/// </summary>
public sealed class HandlerProcess : IAsyncDisposable
{
    private const int RestartRequested = 200;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(45);

    private readonly FunctionApp app;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly int maxErrors;
    private readonly Action<string> log;
    private readonly HttpClient probe = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource stopping = new();
    private TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? process;
    private Task running = Task.CompletedTask;

    /// <param name="app">The function app.</param>
    /// <param name="environment">Settings of the app, added to this process's own environment.</param>
    /// <param name="maxErrors">Exits with an error before the host gives up; the Functions host allows 3.</param>
    /// <param name="log">Receives what the process writes, line by line.</param>
    public HandlerProcess(FunctionApp app, IReadOnlyDictionary<string, string> environment, int maxErrors, Action<string> log)
    {
        (this.app, this.environment, this.maxErrors, this.log) = (app, environment, maxErrors, log);
        Port = FreePort.Next();
    }

    /// <summary>Port of the handler, the same for the life of the host.</summary>
    public int Port { get; }

    /// <summary>Address of the handler.</summary>
    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));

    /// <summary>Process id of the running handler; null while there is none.</summary>
    public int? ProcessId => process is { HasExited: false } alive ? alive.Id : null;

    /// <summary>Starts the process and keeps it alive until this is disposed.</summary>
    public void Start() => running = RunAsync();

    /// <summary>Waits until the handler answers its probe.</summary>
    /// <exception cref="DevHostException">The host has given up on it.</exception>
    public Task ReadyAsync(CancellationToken cancellationToken) => Volatile.Read(ref ready).Task.WaitAsync(cancellationToken);

    /// <summary>Ends the handler as the Functions host does: at once, without asking.</summary>
    public void Kill()
    {
        if (process is { HasExited: false } alive) alive.Kill();
    }

    /// <summary>Ends the handler for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Kill();
        await running;
        process?.Dispose();
        probe.Dispose();
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        for (var errors = 0; ;)
        {
            process = Launch();
            var code = await ServeAsync(process);
            if (stopping.IsCancellationRequested) return;
            if (code != RestartRequested) errors++;
            if (code != 0 && errors < maxErrors)
            {
                log($"the handler ended with exit code {code}; started again");
                continue;
            }
            var reason = code == 0 ? "the handler ended with exit code 0, which the Functions host never starts again" : $"the handler failed {errors} times";
            log(reason);
            Volatile.Read(ref ready).TrySetException(new DevHostException(reason));
            return;
        }
    }

    private async Task<int> ServeAsync(Process handler)
    {
        var exit = handler.WaitForExitAsync();
        var until = Stopwatch.StartNew();
        while (!exit.IsCompleted && !await AnswersAsync())
        {
            if (until.Elapsed > StartLimit) handler.Kill();
            await Task.WhenAny(exit, Task.Delay(25));
        }
        if (!exit.IsCompleted) ready.TrySetResult();
        await exit;
        if (!stopping.IsCancellationRequested && ready.Task.IsCompleted) Volatile.Write(ref ready, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return handler.ExitCode;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await probe.GetAsync(Address, stopping.Token);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo(app.Executable) { WorkingDirectory = app.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "custom";
        try
        {
            var handler = Process.Start(start)!;
            handler.OutputDataReceived += (_, line) => Tell(line.Data);
            handler.ErrorDataReceived += (_, line) => Tell(line.Data);
            handler.BeginOutputReadLine();
            handler.BeginErrorReadLine();
            return handler;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new DevHostException($"The function app cannot be started: {app.Executable} does not run ({exception.Message}).", exception);
        }
    }

    private void Tell(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line)) log(line);
    }
}
