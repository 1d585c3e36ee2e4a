using System.Runtime.InteropServices;

namespace Marketing.Library.Ingest;

/// <summary>
/// Gives memory of native libraries back to the system. The C library of most Linux systems keeps what image and model code has freed, some
/// hundred megabytes after a few photographs.
/// </summary>
internal static partial class NativeHeap
{
    private static bool isGlibc = OperatingSystem.IsLinux();

    /// <summary>Gives back what is free; does nothing where the C library cannot.</summary>
    public static void Trim()
    {
        if (!isGlibc) return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            isGlibc = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint keep);
}
