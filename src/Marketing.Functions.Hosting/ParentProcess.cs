using System.Runtime.InteropServices;

namespace Marketing.Functions.Hosting;

/// <summary>Notices that the process which started this one is gone: the Functions host, when killed, leaves its handler behind.</summary>
internal static partial class ParentProcess
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Calls back once when the parent has gone; on Windows, where the host uses a job object, never.</summary>
    /// <returns>Ends the watch when disposed.</returns>
    public static IDisposable? WhenGone(Action callback)
    {
        if (OperatingSystem.IsWindows()) return null;
        var parent = GetParentProcessId();
        Timer? timer = null;
        timer = new Timer(_ =>
        {
            if (GetParentProcessId() == parent) return;
            timer?.Dispose();
            callback();
        }, null, Interval, Interval);
        return timer;
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentProcessId();
}
