using System.Text.Json;
using Marketing.Problems;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Http;

/// <summary>Reads JSON bodies.</summary>
public static class RequestJson
{
    /// <summary>Largest body of a write, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Reads the body as one JSON object.</summary>
    /// <exception cref="ProblemException">400, 413 or 415: not JSON, too long, another content type, or no object.</exception>
    public static async Task<JsonDocument> ReadObjectAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType()) throw new ProblemException(Problem.UnsupportedMediaType("application/json"));
        return ToObject(Parse(await RequestBody.ReadAsync(request, MaxBytes, cancellationToken)));
    }

    /// <summary>Checks that the value is an object.</summary>
    /// <exception cref="ProblemException">400: it is another value; the document is disposed.</exception>
    public static JsonDocument ToObject(JsonDocument document)
    {
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new ProblemException(Problem.BadRequest("not_an_object", "Send one JSON object whose members are columns, for example {\"title\":\"…\"}.") with { ApiCode = "PGRST102" });
    }

    /// <summary>Reads bytes as one JSON value.</summary>
    /// <exception cref="ProblemException">400: not JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (JsonException exception)
        {
            throw new ProblemException(Problem.BadRequest("malformed_json", exception.LineNumber is { } line
                ? $"The body is not JSON: line {line + 1}, byte {exception.BytePositionInLine + 1}. Each name may stand once in an object."
                : "The body is not JSON, or an object names a member twice: each name may stand once.") with
            { ApiCode = "PGRST102" });
        }
    }
}
