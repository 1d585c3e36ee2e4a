using Marketing.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Marketing.Resources.Http;

/// <summary>How rows are written in an answer.</summary>
internal enum AnswerFormat
{
    /// <summary>A JSON array, or one object for one row by its key.</summary>
    Json,

    /// <summary>One JSON object; anything but one row is an error.</summary>
    SingleObject,

    /// <summary>Comma-separated values (RFC 4180) with a line of names.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    NdJson,
}

/// <summary>Chooses the format from <c>Accept</c>.</summary>
internal static class Negotiate
{
    /// <summary>PostgREST's media type for one row.</summary>
    public const string SingleObject = "application/vnd.pgrst.object+json";

    private const string Csv = "text/csv";
    private const string NdJson = "application/x-ndjson";

    /// <summary>The first format that the caller accepts.</summary>
    /// <exception cref="ProblemException">406: none.</exception>
    public static AnswerFormat Run(HttpRequest request)
    {
        var accept = request.Headers.Accept;
        if (accept.Count == 0 || accept is [null or "" or "*/*" or "application/json"]) return AnswerFormat.Json;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var types)) return AnswerFormat.Json;
        foreach (var type in types.OrderByDescending(type => type.Quality ?? 1))
        {
            switch (type.MediaType.Value?.ToLowerInvariant())
            {
                case "*/*" or "application/*" or "application/json" or "application/vnd.pgrst.array+json" or "text/html" or "application/problem+json": return AnswerFormat.Json;
                case SingleObject: return AnswerFormat.SingleObject;
                case Csv: return AnswerFormat.Csv;
                case NdJson or "application/jsonl" or "application/ndjson": return AnswerFormat.NdJson;
            }
        }
        throw new ProblemException(new Problem(406, "not_acceptable", $"Accept application/json, {SingleObject}, {Csv} or {NdJson}.") { ApiCode = "PGRST107" });
    }

    /// <summary>Content type of a format.</summary>
    public static string ContentType(AnswerFormat format) => format switch
    {
        AnswerFormat.Csv => "text/csv; charset=utf-8",
        AnswerFormat.NdJson => NdJson,
        AnswerFormat.SingleObject => $"{SingleObject}; charset=utf-8",
        _ => "application/json; charset=utf-8",
    };
}
