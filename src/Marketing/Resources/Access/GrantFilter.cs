using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Querying;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketing.Resources.Access;

/// <summary>Reads the filters of grants: <c>property_id=in.$claims.property_ids&amp;status=eq.draft</c>.</summary>
internal static class GrantFilter
{
    private const string Claims = "$claims.";

    /// <summary>Reads a filter for a caller. A claim that the caller lacks, or one that does not fit the column, matches no row.</summary>
    /// <exception cref="ProblemException">The text is no filter of the table.</exception>
    public static Filter Parse(Resource resource, ResourceCatalog catalog, string text, IReadOnlyDictionary<string, IReadOnlyList<string>> claims)
    {
        var access = new CallerAccess(Caller.Job("grants"), catalog);
        var filters = new List<Filter>();
        foreach (var (name, values) in QueryHelpers.ParseQuery(text))
        {
            foreach (var value in values)
                filters.Add(Condition(resource, access, name, value ?? "", claims));
        }
        return filters is [var single] ? single : new Filter.All(filters);
    }

    /// <summary>Checks that the text is a filter of the table, whatever the claims.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static void Check(Resource resource, ResourceCatalog catalog, string text) => Parse(resource, catalog, text, new Dictionary<string, IReadOnlyList<string>>());

    private static Filter Condition(Resource resource, CallerAccess access, string name, string value, IReadOnlyDictionary<string, IReadOnlyList<string>> claims)
    {
        var parse = new ParseFilter(access, claims);
        return name is "and" or "or" or "not.and" or "not.or" ? parse.Group(resource, name, value) : parse.Parameter(resource, name, value);
    }

    /// <summary>The values of a claim that an operand names; null when it names none.</summary>
    public static IReadOnlyList<string>? Values(string operand, IReadOnlyDictionary<string, IReadOnlyList<string>>? claims) =>
        claims is null || !operand.StartsWith(Claims, StringComparison.Ordinal) ? null : claims.GetValueOrDefault(operand[Claims.Length..], []);
}
