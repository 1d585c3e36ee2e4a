using System.Globalization;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Http;

/// <summary>Runs one write request: transaction, idempotency, answer.</summary>
internal static class WriteAnswer
{
    /// <summary>Runs the write and answers. A repeat of an earlier request with the same idempotency key gets the earlier answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="write">Does the work within the session and says what to answer.</param>
    public static async Task RunAsync(ResourceRequest request, ReadOnlyMemory<byte> body, Func<WriteSession, Task<StoredAnswer>> write)
    {
        var http = request.Context;
        var key = http.Request.Headers["Idempotency-Key"];
        await using var session = await WriteSession.OpenAsync(
            request.Service<Npgsql.NpgsqlDataSource>(), request.Caller, request.Prefer.IsDryRun, key.Count == 0 ? null : key.ToString(), OnBehalfOf(http.Request), RequestFingerprint.Of(http.Request, body.Span), request.Aborted);
        var answer = session.Earlier;
        if (answer is null)
        {
            answer = await write(session);
            await session.CompleteAsync(answer, request.Aborted);
        }
        else
        {
            http.Response.Headers["Idempotency-Replayed"] = "true";
        }
        request.Prefer.Announce(http.Response);
        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers) http.Response.Headers[name] = value;
        if (answer.Body.Length == 0) return;
        http.Response.ContentLength = answer.Body.Length;
        await http.Response.BodyWriter.WriteAsync(answer.Body, request.Aborted);
    }

    private static string? OnBehalfOf(HttpRequest request) => request.Headers["On-Behalf-Of"].ToString() switch
    {
        "" => null,
        { Length: > 200 } => throw new ProblemException(Problem.BadRequest("invalid_header", "On-Behalf-Of has at most 200 characters: the name of a person.")),
        var name => name,
    };

    /// <summary>An answer without a body.</summary>
    public static StoredAnswer Empty(int status, params (string Name, string Value)[] headers) => new(status, headers.ToDictionary(header => header.Name, header => header.Value), default);

    /// <summary>An answer with rows: one object for the caller that asked for exactly one, else a list.</summary>
    /// <exception cref="ProblemException">406: exactly one row was asked for.</exception>
    public static async Task<StoredAnswer> RowsAsync(ResourceRequest request, WriteSession session, int status, IReadOnlyList<Guid> ids)
    {
        var format = Negotiate.Run(request.Context.Request);
        var select = ParseReadQuery.Single(request.Context.Request.Query, "select");
        var headers = new Dictionary<string, string> { ["Content-Type"] = Negotiate.ContentType(format), ["Content-Range"] = ids.Count == 0 ? "*/*" : string.Create(CultureInfo.InvariantCulture, $"0-{ids.Count - 1}/*") };
        var rows = await ByKeyAsync(session, request.Everything(select), ids, request.Aborted);
        if (format != AnswerFormat.SingleObject) return new StoredAnswer(status, headers, Array(rows));
        if (rows is not [var row]) throw new ProblemException(new Problem(406, "not_one_row", $"The write touches {rows.Count} rows, and exactly one was asked for. Nothing was stored.") { ApiCode = "PGRST116" });
        return new StoredAnswer(status, headers, row.Json);
    }

    /// <summary>An answer with one row and its tag.</summary>
    public static async Task<StoredAnswer> RowAsync(ResourceRequest request, WriteSession session, int status, Guid id)
    {
        var select = ParseReadQuery.Single(request.Context.Request.Query, "select");
        var row = request.Access.To(request.Resource, TableAction.Read) is null ? null : (await ByKeyAsync(session, request.Everything(select), [id], request.Aborted)).FirstOrDefault();
        if (row is null) return Empty(status);
        var headers = new Dictionary<string, string> { ["Content-Type"] = Negotiate.ContentType(AnswerFormat.Json), ["ETag"] = row.ETag };
        if (status == StatusCodes.Status201Created) headers["Location"] = Location(request, id);
        return new StoredAnswer(status, headers, row.Json);
    }

    /// <summary>The address of a row, relative to the address that the caller used.</summary>
    public static string Location(ResourceRequest request, Guid id) => $"{request.Context.Request.PathBase}/api/{request.Resource.Table}/{id}";

    private static async Task<List<Item>> ByKeyAsync(WriteSession session, ReadQuery query, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var shape = RowShape.Of(query);
        await using var command = WriteRead.Keys(query, shape, [.. ids]).ToCommand(session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Item>(ids.Count);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(ReadItem.Row(reader, shape));
        return rows;
    }

    private static byte[] Array(List<Item> rows)
    {
        var array = new byte[2 + rows.Sum(row => row.Json.Length) + Math.Max(0, rows.Count - 1)];
        array[0] = (byte)'[';
        var position = 1;
        foreach (var row in rows)
        {
            if (position > 1) array[position++] = (byte)',';
            row.Json.CopyTo(array.AsMemory(position));
            position += row.Json.Length;
        }
        array[position] = (byte)']';
        return array;
    }
}
