using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Problems;

/// <summary>The one place where refusals and faults become problem details.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ResourceCatalog catalog, ILogger<ProblemMiddleware> log)
{
    /// <summary>Answers one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, ContentLength: null, ContentType: null } && Empty(context) is { } problem) await problem.ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to answer.
            context.Abort();
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var problem = ToProblem(exception);
            if (problem.Status >= 500) LogFault(exception, context.Request.Method, context.Request.Path);
            context.Response.Clear();
            await problem.ExecuteAsync(context);
        }
    }

    private Problem ToProblem(Exception exception) => exception switch
    {
        ProblemException known => known.Problem,
        BadHttpRequestException { StatusCode: 413 } => Problem.TooLarge(ReadRows.MaxBytes),
        BadHttpRequestException bad => Problem.BadRequest("bad_request", bad.Message),
        DbUpdateConcurrencyException => Problem.Conflict("concurrent_write", "Another write changed the row at the same time. Read it again and reapply your change."),
        DbUpdateException { InnerException: { } inner } => ToProblem(inner),
        PostgresException error when DatabaseErrors.ToProblem(error, catalog) is { } refused => refused,
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } or NpgsqlException { InnerException: TimeoutException } =>
            new Problem(503, "query_timeout", "The query takes too long and was stopped. Narrow the filter, order by an indexed column, or ask for fewer related rows.") { ApiCode = PostgresErrorCodes.QueryCanceled },
        PostgresException { IsTransient: false } => Fault,
        NpgsqlException or TimeoutException => new Problem(503, "database_unavailable", "The database does not answer. Nothing was changed; try again.") { RetryAfterSeconds = 5 },
        _ => Fault,
    };

    private static Problem Fault { get; } = new(500, "fault", "The server failed; nothing was changed by this request. Try again, and report the time of the request if it stays.");

    private static Problem? Empty(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new Problem(404, "no_such_endpoint", "There is no such endpoint. GET /api/openapi.json lists them."),
        StatusCodes.Status405MethodNotAllowed => new Problem(405, "method_not_allowed", $"This endpoint answers to {context.Response.Headers.Allow}."),
        StatusCodes.Status415UnsupportedMediaType => Problem.UnsupportedMediaType("application/json"),
        _ => null,
    };

    [LoggerMessage(200, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, string path);
}
