using System.Collections.Concurrent;
using Marketing.Identity;
using Marketing.Resources.Querying;

namespace Marketing.Resources.Access;

/// <summary>What one caller may do, worked out from the grants of its roles when first asked.</summary>
internal sealed class CallerAccess(Caller caller, ResourceCatalog catalog)
{
    private readonly ConcurrentDictionary<(Resource, TableAction), TableAccess?> known = new();

    /// <summary>Everything that the API serves may be read and written: for the product itself.</summary>
    public static CallerAccess Everything(ResourceCatalog catalog) => new(Caller.Job("everything"), catalog);

    /// <summary>The caller's access to a table; null when it has none, so that the table looks absent.</summary>
    public TableAccess? To(Resource resource, TableAction action) => known.GetOrAdd((resource, action), static (pair, self) => self.Work(pair.Item1, pair.Item2), this);

    /// <summary>Tables that the caller may read.</summary>
    public IEnumerable<Resource> Readable => catalog.All.Where(resource => To(resource, TableAction.Read) is not null);

    /// <summary>The readable table of this name; null when there is none.</summary>
    public Resource? FindReadable(string table) => catalog.Find(table) is { } resource && To(resource, TableAction.Read) is not null ? resource : null;

    // A grant without a row filter shows its columns of every row. Where each has one, rows of any of them are seen, and of these the columns
    // that all of them show: a column granted for some rows never leaks from others.
    private TableAccess? Work(Resource resource, TableAction action)
    {
        var grants = caller.Grants.Where(grant => grant.Covers(resource.Table, action)).ToList();
        if (grants.Count == 0) return null;
        var open = grants.Where(grant => grant.RowFilter is null).ToList();
        var columns = resource.Columns.Where(column => action == TableAction.Read ? column.IsReadable : true);
        return open.Count > 0
            ? new TableAccess(resource, [.. columns.Where(column => open.Any(grant => Shows(grant, column, resource)))], null, Any(open, grant => grant.Check, resource))
            : new TableAccess(resource, [.. columns.Where(column => grants.All(grant => Shows(grant, column, resource)))],
                Any(grants, grant => grant.RowFilter, resource), Any(grants, grant => grant.Check ?? grant.RowFilter, resource));
    }

    private static bool Shows(Grant grant, Column column, Resource resource) => grant.Columns is null || column == resource.Key || grant.Columns.Contains(column.Name);

    private Filter? Any(List<Grant> grants, Func<Grant, string?> text, Resource resource) =>
        grants.Any(grant => text(grant) is null) ? null
        : grants.Count == 1 ? GrantFilter.Parse(resource, catalog, text(grants[0])!, caller.Claims)
        : new Filter.Any([.. grants.Select(grant => GrantFilter.Parse(resource, catalog, text(grant)!, caller.Claims))]);
}
