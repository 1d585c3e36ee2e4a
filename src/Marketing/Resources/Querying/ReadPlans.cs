using System.Collections.Concurrent;
using Marketing.Resources.Access;

namespace Marketing.Resources.Querying;

/// <summary>
/// The plans of reads that came before, by caller, table and text of the query, so that a client that repeats itself is not parsed again. A
/// caller's rights are part of its plans: a caller that is found anew, as happens every few seconds, has none.
/// </summary>
internal sealed class ReadPlans
{
    /// <summary>Plans kept at most; when there are more, all are forgotten.</summary>
    public const int MaxPlans = 1000;

    /// <summary>Longest text of a query whose plan is kept, in characters.</summary>
    public const int MaxTextLength = 2000;

    private readonly ConcurrentDictionary<(CallerAccess, Resource, string), ReadPlan> known = new();

    /// <summary>The plan of the text, made when it is not known.</summary>
    /// <exception cref="Problems.ProblemException">The query cannot be read; see <paramref name="parse"/>.</exception>
    public ReadPlan Of(CallerAccess access, Resource resource, string text, Func<ReadQuery> parse)
    {
        if (text.Length > MaxTextLength) return new ReadPlan(parse());
        if (known.TryGetValue((access, resource, text), out var plan)) return plan;
        plan = new ReadPlan(parse());
        if (known.Count >= MaxPlans) known.Clear();
        known[(access, resource, text)] = plan;
        return plan;
    }
}
