using Microsoft.Extensions.Options;

namespace Marketing.Library.Uploads;

/// <summary>The settings that uploads ask for, and the time.</summary>
internal sealed class UploadLimits(IOptions<LibraryOptions> library, IOptions<UploadOptions> uploads, TimeProvider clock)
{
    /// <summary>Container that clients write to.</summary>
    public string StagingContainer => uploads.Value.StagingContainer;

    /// <summary>Container that ingest watches.</summary>
    public string UploadsContainer => library.Value.UploadsContainer;

    /// <summary>Largest file, in bytes.</summary>
    public long MaxFileBytes => library.Value.MaxFileBytes;

    /// <summary>Largest posted file, in bytes.</summary>
    public long MaxPostedBytes => Math.Min(uploads.Value.MaxPostedBytes, library.Value.MaxFileBytes);

    /// <summary>How long a client may write.</summary>
    public TimeSpan AddressLife => uploads.Value.AddressLife;

    /// <summary>How long an upload may stay open.</summary>
    public TimeSpan OpenFor => uploads.Value.AddressLife + uploads.Value.CompleteWithin;

    /// <summary>How long one fetch of an import may take.</summary>
    public TimeSpan ImportTimeLimit => uploads.Value.ImportTimeLimit;

    /// <summary>Now.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();
}
