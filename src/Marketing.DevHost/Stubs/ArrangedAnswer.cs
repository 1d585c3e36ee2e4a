namespace Marketing.DevHost.Stubs;

/// <summary>What is to happen with the next requests of a kind.</summary>
internal sealed class ArrangedAnswer
{
    /// <summary>HTTP method; null for any.</summary>
    public string? Method { get; set; }

    /// <summary>Part of the path; null for any.</summary>
    public string? Path { get; set; }

    /// <summary>Status to answer with instead of acting; 0 to act.</summary>
    public int Status { get; set; }

    /// <summary>Body to answer with.</summary>
    public string Body { get; set; } = "";

    /// <summary>Headers to answer with.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>Milliseconds to wait first.</summary>
    public int DelayMs { get; set; }

    /// <summary>Break the connection instead of acting.</summary>
    public bool Drop { get; set; }

    /// <summary>Act, then break the connection instead of answering.</summary>
    public bool ActThenDrop { get; set; }

    /// <summary>How many requests.</summary>
    public int Times { get; set; } = 1;

    /// <summary>True when the request is of this kind.</summary>
    public bool Fits(string method, string path) =>
        (Method is null || Method.Equals(method, StringComparison.OrdinalIgnoreCase)) && (Path is null || path.Contains(Path, StringComparison.Ordinal));
}
