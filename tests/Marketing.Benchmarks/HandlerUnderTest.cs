using System.Diagnostics;
using System.Globalization;
using Marketing.DevHost.Servers;

namespace Marketing.Benchmarks;

/// <summary>The published function app as a process, asked directly, without a host in between.</summary>
internal sealed class HandlerUnderTest : IAsyncDisposable
{
    private readonly Process process;

    private HandlerUnderTest(Process process, Uri address, TimeSpan toFirstAnswer, TimeSpan toFirstApiAnswer) =>
        (this.process, Address, ToFirstAnswer, ToFirstApiAnswer) = (process, address, toFirstAnswer, toFirstApiAnswer);

    public Uri Address { get; }

    /// <summary>From the start of the process to the first 200 on the host's probe.</summary>
    public TimeSpan ToFirstAnswer { get; }

    /// <summary>From the start of the process to the first 200 of an endpoint.</summary>
    public TimeSpan ToFirstApiAnswer { get; }

    /// <summary>Resident memory, in MB of 10^6 bytes.</summary>
    public double ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>True when the process has ended by itself.</summary>
    public bool HasExited => process.HasExited;

    public static async Task<HandlerUnderTest> StartAsync(string folder, IReadOnlyDictionary<string, string> settings)
    {
        var port = FreePort.Next();
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var start = new ProcessStartInfo(Path.Combine(folder, "Marketing.Functions")) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => { if (line.Data is not null) Console.Error.WriteLine(line.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        await UntilOkAsync(http, address);
        var first = watch.Elapsed;
        await UntilOkAsync(http, new Uri(address, "/api/health/live"));
        return new HandlerUnderTest(process, address, first, watch.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task UntilOkAsync(HttpClient http, Uri address)
    {
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(address);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5);
            }
        }
    }
}
