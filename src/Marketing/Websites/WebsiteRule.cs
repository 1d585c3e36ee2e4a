using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Websites;

/// <summary>Rules of <c>websites</c>: a domain is a host name, in lower case, without scheme or path.</summary>
internal sealed class WebsiteRule : IWriteRule<Website>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<Website> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete || !write.Changes(site => site.Domain) || write.Row.Domain is not { } domain) return Task.CompletedTask;
        var lower = domain.ToLowerInvariant();
        if (Uri.CheckHostName(lower) == UriHostNameType.Dns && lower.Contains('.', StringComparison.Ordinal)) write.Row.Domain = lower;
        else write.Refuse("domain", "invalid_value", "domain is a host name without scheme or path, for example www.example.com.");
        return Task.CompletedTask;
    }
}
