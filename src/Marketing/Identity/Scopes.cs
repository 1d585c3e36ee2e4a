namespace Marketing.Identity;

/// <summary>What an API key may do. A key holds any set of them; none implies another.</summary>
public static class Scopes
{
    /// <summary>Read every table.</summary>
    public const string Read = "read";

    /// <summary>Create, change and delete rows.</summary>
    public const string Write = "write";

    /// <summary>Decide whether a post may go out.</summary>
    public const string Approve = "approve";

    /// <summary>Publish, cancel and retry posts.</summary>
    public const string Publish = "publish";

    /// <summary>Manage API keys, reference tables and operations.</summary>
    public const string Admin = "admin";

    /// <summary>All scopes.</summary>
    public static IReadOnlyList<string> All { get; } = [Read, Write, Approve, Publish, Admin];
}
