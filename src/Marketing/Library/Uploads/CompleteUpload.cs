using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Marketing.Library.Ingest;
using Marketing.Problems;

namespace Marketing.Library.Uploads;

/// <summary>
/// Checks a staged file against what was promised and moves it to the uploads container under a name that no signature covers, where ingest
/// takes it up. May be repeated at any time: the copy is made once, and what a worker that died left is finished.
/// </summary>
internal sealed class CompleteUpload(UploadLedger ledger, IdenticalContent identical, BlobServiceClient storage, BlobAddress addresses, UploadLimits limits)
{
    private static readonly TimeSpan SourceLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan CopyLimit = TimeSpan.FromMinutes(3); // the platform cuts HTTP answers at 230 s

    /// <summary>Completes it.</summary>
    /// <exception cref="ProblemException">409: the file is not there yet. 410: it is too late. 422: it is not what was promised; the upload has failed.</exception>
    public async Task RunAsync(Upload upload, CancellationToken cancellationToken)
    {
        if (upload.State == "completed") return;
        if (upload.State != "open") throw new ProblemException(new Problem(410, "upload_ended", $"The upload is {upload.State}: {upload.Reason} Start a new one."));

        var staged = storage.GetBlobContainerClient(limits.StagingContainer).GetBlobClient(upload.StagedName);
        var final = storage.GetBlobContainerClient(limits.UploadsContainer).GetBlobClient(upload.FinalName);
        if (await PropertiesAsync(staged, cancellationToken) is not { } properties)
            throw new ProblemException(Problem.Conflict("not_uploaded", "The file is not there yet. PUT it to the address that the upload began with, then complete again."));

        var (sha256, head) = await ReadAsync(staged, properties.ETag, cancellationToken);
        if (Fault(upload, properties, head) is { } fault)
        {
            await ledger.EndAsync(upload.Id, "failed", fault.Message, cancellationToken);
            await staged.DeleteIfExistsAsync(cancellationToken: cancellationToken);
            throw new ProblemException(Problem.Unprocessable("not_as_promised", fault.Message, fault));
        }
        var holder = await identical.ClaimAsync(upload, sha256, cancellationToken);
        if (holder is null) await CopyAsync(upload, staged, properties.ETag, final, cancellationToken);
        await ledger.CompleteAsync(upload.Id, holder ?? upload.FinalName, sha256, isDuplicate: holder is not null, cancellationToken);
        await staged.DeleteIfExistsAsync(cancellationToken: cancellationToken);
    }

    private FieldError? Fault(Upload upload, BlobProperties properties, byte[] head)
    {
        if (properties.ContentLength == 0) return new FieldError("size_bytes", "empty", "The file is empty.");
        if (properties.ContentLength > limits.MaxFileBytes) return new FieldError("size_bytes", "too_large", $"The file has {properties.ContentLength} bytes; at most {limits.MaxFileBytes} are taken.");
        if (upload.SizeBytes is { } promised && promised != properties.ContentLength) return new FieldError("size_bytes", "size_differs", $"The file has {properties.ContentLength} bytes, {promised} were promised.");
        var signature = FileSignatures.Recognise(head);
        if (signature == FileSignature.Unknown) return new FieldError("filename", "unknown_type", "The content is of no type that the library knows. Upload an image, a video, audio, a PDF or an office document.");
        if (upload.MimeType is null || FileType.All.Any(type => type.MimeType == upload.MimeType && type.Signature == signature)) return null;
        return new FieldError("mime_type", "type_differs", $"{upload.MimeType} was promised, the content is a {FileType.Of(signature, Path.GetExtension(upload.Filename).TrimStart('.').ToLowerInvariant()).Name}.");
    }

    private static async Task<(byte[] Sha256, byte[] Head)> ReadAsync(BlobClient blob, ETag version, CancellationToken cancellationToken)
    {
        using var response = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = version } }, cancellationToken)).Value;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        byte[]? head = null;
        int read;
        while ((read = await response.Content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            head ??= buffer[..Math.Min(read, FileSignatures.HeadBytes)];
            hash.AppendData(buffer, 0, read);
        }
        return (hash.GetHashAndReset(), head ?? []);
    }

    // Between two containers of one account; the source must be the version that was checked, and the target new.
    private async Task CopyAsync(Upload upload, BlobClient staged, ETag version, BlobClient final, CancellationToken cancellationToken)
    {
        await storage.GetBlobContainerClient(final.BlobContainerName).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var until = limits.Now + CopyLimit;
        if (await PropertiesAsync(final, cancellationToken) is null)
        {
            var source = await addresses.SignAsync(staged, BlobSasPermissions.Read, limits.Now + SourceLife, cancellationToken);
            try
            {
                await final.StartCopyFromUriAsync(source, new BlobCopyFromUriOptions
                {
                    Metadata = upload.Metadata,
                    SourceConditions = new BlobRequestConditions { IfMatch = version },
                    DestinationConditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                }, cancellationToken);
            }
            catch (RequestFailedException exists) when (exists.ErrorCode is "BlobAlreadyExists" or "PendingCopyOperation")
            {
                // Another request completes the same upload.
            }
        }
        while (await PropertiesAsync(final, cancellationToken) is { CopyStatus: not CopyStatus.Success } copy)
        {
            if (copy.CopyStatus is CopyStatus.Failed or CopyStatus.Aborted)
            {
                await final.DeleteIfExistsAsync(cancellationToken: cancellationToken);
                throw new ProblemException(new Problem(503, "copy_failed", "The storage could not take the file over. Complete the upload again.") { RetryAfterSeconds = 5 });
            }
            if (limits.Now > until) throw new ProblemException(new Problem(503, "copy_under_way", "The storage is still taking the file over. Complete the upload again.") { RetryAfterSeconds = 10 });
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
        }
    }

    private static async Task<BlobProperties?> PropertiesAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    }
}
