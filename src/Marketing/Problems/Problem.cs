using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Marketing.Problems;

/// <summary>
/// A refusal as RFC 9457 problem details (<c>application/problem+json</c>): <c>type</c>, <c>title</c>, <c>status</c>, <c>detail</c>,
/// and <c>errors</c> per field. The stable name of the problem ends <c>type</c>. Beside these stand the members of PostgREST's errors,
/// <c>code</c>, <c>message</c>, <c>details</c>, <c>hint</c>, so that its clients understand them. It is itself an endpoint result.
/// </summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Code">Stable, machine-readable reason in snake case, for example <c>foreign_key_violation</c>.</param>
/// <param name="Detail">One sentence that says what to change. Never holds a secret value.</param>
/// <param name="Errors">What is wrong with which field; empty where no field is to blame.</param>
public sealed record Problem(int Status, string Code, string Detail, IReadOnlyList<FieldError> Errors) : IResult
{
    /// <summary>A problem without field errors.</summary>
    public Problem(int status, string code, string detail) : this(status, code, detail, []) { }

    /// <summary>PostgREST's code or PostgreSQL's SQLSTATE where one exists, which clients of PostgREST look at; null sends <see cref="Code"/>.</summary>
    public string? ApiCode { get; init; }

    /// <summary>Seconds to wait before trying again, sent as <c>Retry-After</c>; null where waiting does not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>400: the request cannot be understood.</summary>
    public static Problem BadRequest(string code, string detail, params IReadOnlyList<FieldError> errors) => new(400, code, detail, errors);

    /// <summary>401: no valid credential. The answer carries <c>WWW-Authenticate</c>.</summary>
    public static Problem Unauthorized(string code, string detail) => new(401, code, detail);

    /// <summary>403: a valid credential that lacks a scope.</summary>
    public static Problem Forbidden(string code, string detail) => new(403, code, detail);

    /// <summary>404: no such table, or none that the caller may know.</summary>
    public static Problem NoSuchTable(string table, IEnumerable<string> known) =>
        new(404, "no_such_table", $"There is no table {table} that this key may use. Tables: {string.Join(", ", known)}.") { ApiCode = "PGRST205" };

    /// <summary>404: no such row, named by table and the id that the caller sent.</summary>
    public static Problem NotFound(string table, string id) =>
        new(404, "not_found", $"No row of {table} has the id '{id}'. Send its uuid or its business id.") { ApiCode = "PGRST116" };

    /// <summary>409: the request contradicts what is stored, for example a duplicate of a unique value.</summary>
    public static Problem Conflict(string code, string detail, params IReadOnlyList<FieldError> errors) => new(409, code, detail, errors);

    /// <summary>412: the row has changed since the caller read it.</summary>
    public static Problem PreconditionFailed(string currentETag) =>
        new(412, "precondition_failed", $"The row has changed since you read it; its ETag is now {currentETag}. Read it again, reapply your change and send the new ETag.");

    /// <summary>413: the body is larger than allowed.</summary>
    public static Problem TooLarge(long maxBytes) =>
        new(413, "body_too_large", $"The body is larger than {maxBytes} bytes. Send less in one request.");

    /// <summary>415: a content type that this endpoint does not read.</summary>
    public static Problem UnsupportedMediaType(string accepted) =>
        new(415, "unsupported_media_type", $"Send the body as {accepted}.");

    /// <summary>422: understood, but a rule forbids it.</summary>
    public static Problem Unprocessable(string code, string detail, params IReadOnlyList<FieldError> errors) => new(422, code, detail, errors);

    /// <summary>Writes the problem as the response.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        if (Status == 401) response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (HttpMethods.IsHead(httpContext.Request.Method)) return;
        await JsonSerializer.SerializeAsync(response.Body, ToBody(), ProblemJson.Readable.ProblemBody, httpContext.RequestAborted);
    }

    private ProblemBody ToBody() => new(
        $"urn:marketing:problem:{Code}",
        Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(Status),
        Status,
        ApiCode ?? Code,
        Detail,
        Detail,
        Errors.Count == 0 ? null : string.Join(" ", Errors.Select(error => $"{error.Field}: {error.Message}")),
        null,
        Errors.Count == 0 ? null : Errors);
}

internal sealed record ProblemBody(
    string Type, string Title, int Status, string Code, string Detail, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Details,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Hint, IReadOnlyList<FieldError>? Errors);

[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    // The body is never part of a page, so quotes and letters beyond ASCII may stand as they are.
    public static ProblemJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
