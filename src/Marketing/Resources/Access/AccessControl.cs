using System.Runtime.CompilerServices;
using Marketing.Identity;

namespace Marketing.Resources.Access;

/// <summary>The access of callers, kept for as long as the caller itself is known.</summary>
internal sealed class AccessControl(ResourceCatalog catalog)
{
    private readonly ConditionalWeakTable<Caller, CallerAccess> known = [];

    /// <summary>What a caller may do.</summary>
    public CallerAccess Of(Caller caller) => known.GetValue(caller, found => new CallerAccess(found, catalog));
}
