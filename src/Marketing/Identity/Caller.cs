namespace Marketing.Identity;

/// <summary>Who makes a request: an API client, a person or program with a token, or the product itself when a job acts.</summary>
/// <param name="ClientId">Row of <c>marketing_ops.api_clients</c>; null for a token or a job.</param>
/// <param name="Name">Name written to audit rows and <c>created_by</c> columns.</param>
/// <param name="Scopes">Scopes held, see <see cref="Identity.Scopes"/>.</param>
public sealed record Caller(Guid? ClientId, string Name, IReadOnlySet<string> Scopes)
{
    /// <summary>What it is known by among all callers.</summary>
    public string Subject { get; init; } = ClientId?.ToString() ?? Name;

    /// <summary>What its roles grant.</summary>
    public IReadOnlyList<Grant> Grants { get; init; } = [];

    /// <summary>Values that row filters may compare with, such as <c>property_ids</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>True when the caller holds the scope.</summary>
    public bool Has(string scope) => Scopes.Contains(scope);

    /// <summary>The product acting by itself in a job, under the job's function name.</summary>
    public static Caller Job(string functionName) => new(null, $"job:{functionName}", new HashSet<string>(Identity.Scopes.All)) { Grants = [Grant.Everything] };

    /// <inheritdoc />
    public bool Equals(Caller? other) => ReferenceEquals(this, other);

    /// <inheritdoc />
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
