namespace Marketing.Resources.Writing;

/// <summary>
/// Gives memory back after a large write. Its rows outlive the young generations, and the heap that they needed would otherwise stay with the
/// process until memory is short.
/// </summary>
internal static class ManagedHeap
{
    private const int LargeRows = 2000;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static long last;

    /// <summary>Called after a write; when nothing large follows for two seconds, the heap is trimmed.</summary>
    /// <param name="rows">Rows of the write.</param>
    public static void Release(int rows)
    {
        if (rows < LargeRows) return;
        var mine = Interlocked.Increment(ref last);
        _ = Task.Delay(Quiet).ContinueWith(_ =>
        {
            if (Interlocked.Read(ref last) == mine) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }, TaskScheduler.Default);
    }
}
