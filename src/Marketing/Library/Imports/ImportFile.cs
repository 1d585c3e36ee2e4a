using System.Net;
using System.Net.Sockets;
using Azure;
using Marketing.Library.Uploads;
using Marketing.Operations;
using Marketing.Operations.Outbound;
using Marketing.Problems;

namespace Marketing.Library.Imports;

/// <summary>
/// Fetches a file from an address that a caller named and takes it into the library. A lease gives it to one worker; a failure that may pass
/// is tried again by message, and by the sweep should the message be lost.
/// </summary>
public sealed class ImportFile
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromMinutes(5);

    private readonly UploadLedger ledger;
    private readonly OutboundHttp http;
    private readonly StageFile stage;
    private readonly ImportParts parts;

    internal ImportFile(UploadLedger ledger, OutboundHttp http, StageFile stage, ImportParts parts) => (this.ledger, this.http, this.stage, this.parts) = (ledger, http, stage, parts);

    /// <summary>Works on one import; nothing happens when it has ended or another worker has it.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database failed; the message will come again.</exception>
    public async Task RunAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ledger.LeaseAsync(id, parts.Limits.ImportTimeLimit + LeaseMargin, cancellationToken) is not { } import) return;
        var end = await AttemptAsync(import, cancellationToken);
        switch (end)
        {
            case null:
                return;
            case { MayPass: true } when import.Attempts < MaxAttempts:
                var wait = TimeSpan.FromSeconds(5 * Math.Pow(4, import.Attempts - 1));
                await ledger.ReleaseAsync(import, wait, end.Reason, cancellationToken);
                await parts.Queue.SendAsync(QueueNames.ImportFile, id, wait + TimeSpan.FromSeconds(1), cancellationToken);
                return;
            default:
                await ledger.EndAsync(id, "failed", end.Reason, cancellationToken);
                return;
        }
    }

    private async Task<Failure?> AttemptAsync(Upload import, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(parts.Limits.ImportTimeLimit);
        try
        {
            using var response = await http.GetAsync(new Uri(import.SourceUrl!), limit.Token);
            if (!response.IsSuccessStatusCode)
                return new Failure($"The address answers {(int)response.StatusCode}.", response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);
            if (response.Content.Headers.ContentLength > parts.Limits.MaxFileBytes) return new Failure($"The file has {response.Content.Headers.ContentLength} bytes; at most {parts.Limits.MaxFileBytes} are taken.", MayPass: false);
            await using (var content = await response.Content.ReadAsStreamAsync(limit.Token)) await stage.RunAsync(import, content, parts.Limits.MaxFileBytes, limit.Token);
            await parts.Complete.RunAsync(import, cancellationToken);
            return null;
        }
        catch (OutboundRefusedException refused)
        {
            return new Failure(refused.Message, MayPass: false);
        }
        catch (FileTooLargeException large)
        {
            return new Failure($"The file has more than {large.MaxBytes} bytes, which is the most that is taken.", MayPass: false);
        }
        catch (ProblemException problem)
        {
            return new Failure(problem.Problem.Detail, MayPass: problem.Problem.RetryAfterSeconds is not null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Failure($"The fetch took longer than {parts.Limits.ImportTimeLimit}.", MayPass: true);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or SocketException)
        {
            return new Failure("The address could not be fetched: the connection failed or broke off.", MayPass: true);
        }
        catch (RequestFailedException)
        {
            return new Failure("The storage did not answer.", MayPass: true);
        }
    }

    private sealed record Failure(string Reason, bool MayPass);
}

/// <summary>What an import does after its file was fetched.</summary>
internal sealed record ImportParts(CompleteUpload Complete, WorkQueue Queue, UploadLimits Limits);
