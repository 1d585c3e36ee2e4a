namespace Marketing.Identity;

/// <summary>Who makes a request: an API client, or the product itself when a job acts.</summary>
/// <param name="ClientId">Row of <c>marketing_ops.api_clients</c>; null for a job.</param>
/// <param name="Name">Name written to audit rows and <c>created_by</c> columns.</param>
/// <param name="Scopes">Scopes held, see <see cref="Identity.Scopes"/>.</param>
public sealed record Caller(Guid? ClientId, string Name, IReadOnlySet<string> Scopes)
{
    /// <summary>True when the caller holds the scope.</summary>
    public bool Has(string scope) => Scopes.Contains(scope);

    /// <summary>The product acting by itself in a job, under the job's function name.</summary>
    public static Caller Job(string functionName) => new(null, $"job:{functionName}", new HashSet<string>(Identity.Scopes.All));
}
