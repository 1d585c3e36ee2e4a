using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>What is to happen with the next requests of a kind.</summary>
internal sealed class ArrangedAnswer
{
    /// <summary>HTTP method; null for any.</summary>
    public string? Method { get; set; }

    /// <summary>Part of the path; null for any.</summary>
    public string? Path { get; set; }

    /// <summary>Part of the token, the path or the query, so that only one account's requests are meant; null for any.</summary>
    public string? For { get; set; }

    /// <summary>How many such requests pass first.</summary>
    public int Skip { get; set; }

    /// <summary>Status to answer with instead of acting; 0 to act.</summary>
    public int Status { get; set; }

    /// <summary>Body to answer with.</summary>
    public string Body { get; set; } = "";

    /// <summary>Headers to answer with.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>Milliseconds to wait first; with <see cref="ActThenDrop"/>, between the act and the break.</summary>
    public int DelayMs { get; set; }

    /// <summary>Break the connection instead of acting.</summary>
    public bool Drop { get; set; }

    /// <summary>Act, then break the connection instead of answering.</summary>
    public bool ActThenDrop { get; set; }

    /// <summary>Milliseconds between acting and breaking the connection, so that a caller gives up first.</summary>
    public int HoldMs { get; set; }

    /// <summary>How many requests.</summary>
    public int Times { get; set; } = 1;

    /// <summary>True when the request is of this kind.</summary>
    public bool Fits(HttpRequest request) =>
        (Method is null || Method.Equals(request.Method, StringComparison.OrdinalIgnoreCase)) && (Path is null || request.Path.Value!.Contains(Path, StringComparison.Ordinal))
        && (For is null || $"{request.Headers.Authorization} {request.Path} {request.QueryString}".Contains(For, StringComparison.Ordinal));
}
