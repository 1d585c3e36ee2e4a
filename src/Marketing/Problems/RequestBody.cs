using Microsoft.AspNetCore.Http;

namespace Marketing.Problems;

/// <summary>Reads request bodies up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>The whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">Longest body, in bytes; it may come without a length.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="ProblemException">413: it is longer.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) throw new ProblemException(Problem.TooLarge(maxBytes));
        var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > maxBytes) throw new ProblemException(Problem.TooLarge(maxBytes));
            body.Write(buffer, 0, read);
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
