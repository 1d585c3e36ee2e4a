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
    /// <exception cref="ProblemException">400: not JSON, or a name in it is no text.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        DemandUtf8(body.Span);
        try
        {
            DemandNames(body.Span);
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

    /// <summary>Checks that a body is UTF-8, so that no letter of it is silently replaced.</summary>
    /// <exception cref="ProblemException">400: it is not.</exception>
    internal static void DemandUtf8(ReadOnlySpan<byte> body)
    {
        if (!System.Text.Unicode.Utf8.IsValid(body))
            throw new ProblemException(Problem.BadRequest("not_utf8", "The body is not UTF-8. Save the file, or send the text, in UTF-8.") with { ApiCode = "PGRST102" });
    }

    // An escape may name half a character, which the document only finds when the name is asked for.
    private static void DemandNames(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\u"u8) < 0) return;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueIsEscaped) continue;
            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new ProblemException(Problem.BadRequest("malformed_json", $"The name that ends at byte {reader.BytesConsumed} of the body has an escape that is no character.") with { ApiCode = "PGRST102" });
            }
        }
    }
}
