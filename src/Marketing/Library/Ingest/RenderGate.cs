using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Lets only a few images be decoded at once, so that a burst of uploads costs time and not memory.</summary>
internal sealed class RenderGate(IOptions<LibraryOptions> options) : IDisposable
{
    private int waiting;
    private readonly SemaphoreSlim places = new(options.Value.ConcurrentRenders);

    /// <summary>Waits for a place; dispose the answer to leave it.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        return new Place(places);
    }

    /// <summary>Waits for a place unless too many wait already; null then.</summary>
    public async Task<IDisposable?> TryEnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Interlocked.Increment(ref waiting) > options.Value.WaitingRenders + options.Value.ConcurrentRenders ? null : await EnterAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>Frees the gate.</summary>
    public void Dispose() => places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose()
        {
            NativeHeap.Trim();
            places.Release();
        }
    }
}
