namespace Marketing.Library.Ingest.Reconcile;

/// <summary>Brings storage and rows together again after lost events and killed workers.</summary>
public sealed class ReconcileMedia
{
    private readonly ReconcileUploads uploads;
    private readonly ReconcileRenditions renditions;

    internal ReconcileMedia(ReconcileUploads uploads, ReconcileRenditions renditions) => (this.uploads, this.renditions) = (uploads, renditions);

    /// <summary>Compares both containers with the rows.</summary>
    /// <exception cref="Azure.RequestFailedException">The storage failed; the next run compares again.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await uploads.RunAsync(cancellationToken);
        await renditions.RunAsync(cancellationToken);
    }
}
