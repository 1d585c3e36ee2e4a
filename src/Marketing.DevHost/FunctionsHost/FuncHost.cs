using System.Globalization;
using Marketing.DevHost.Servers;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>Azure Functions Core Tools, where they are installed.</summary>
public static class FuncHost
{
    /// <summary>Path of <c>func</c>; null when it is not on the PATH.</summary>
    public static string? FindOnPath()
    {
        var name = OperatingSystem.IsWindows() ? "func.exe" : "func";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs <c>func start</c> on a function app's folder.</summary>
    public static IAsyncDisposable Start(string func, string folder, int port, IReadOnlyDictionary<string, string> settings)
    {
        var environment = new Dictionary<string, string>(settings, StringComparer.Ordinal) { ["FUNCTIONS_WORKER_RUNTIME"] = "custom" };
        return GuardedProcess.Start("func", func, ["start", "--script-root", folder, "--port", port.ToString(CultureInfo.InvariantCulture), "--no-build"], "INT", environment: environment);
    }
}
