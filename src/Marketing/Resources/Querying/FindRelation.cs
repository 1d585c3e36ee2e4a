using Marketing.Identity;
using Marketing.Resources.Access;

namespace Marketing.Resources.Querying;

/// <summary>Finds the relation that a caller names: by table, by column of the key, by constraint, and by a hint where several fit.</summary>
internal static class FindRelation
{
    /// <summary>The relation.</summary>
    /// <param name="access">What the caller may do.</param>
    /// <param name="from">The table that it starts from.</param>
    /// <param name="target">What the caller wrote: a table, a column of this table that is a key, or a constraint.</param>
    /// <param name="hint">A column or a constraint; null without.</param>
    /// <param name="parameter">Parameter to blame.</param>
    /// <exception cref="Problems.ProblemException">None fits, or several.</exception>
    public static Relation Run(CallerAccess access, Resource from, string target, string? hint, string parameter)
    {
        var visible = from.Relations.Where(relation => IsVisible(access, from, relation)).ToList();
        var fitting = visible.Where(relation => relation.Target.Table == target || relation.Constraint == target || (!relation.IsToMany && relation.From.Name == target)).ToList();
        if (hint is not null) fitting = [.. fitting.Where(relation => relation.Constraint == hint || relation.KeyColumn.Name == hint)];
        // A key from a table to itself reads both ways: its column or constraint names the one row above.
        if (fitting is [_, _] && fitting.All(relation => relation.Target == from) && (hint ?? target) != from.Table) fitting = [.. fitting.Where(relation => !relation.IsToMany)];
        return fitting switch
        {
            [var single] => single,
            [] => throw QueryProblems.Refuse(parameter, "unknown_relation",
                $"{from.Table} has no relation '{QueryText.Shorten(target)}'{(hint is null ? "" : $" with the hint '{QueryText.Shorten(hint)}'")}.{Nearest.Sentence(target, visible.Select(relation => relation.Target.Table))} Relations: {string.Join(", ", visible)}.", apiCode: "PGRST200"),
            _ => throw QueryProblems.Refuse(parameter, "ambiguous_relation", $"'{target}' fits several relations of {from.Table}. Write one of: {string.Join(", ", fitting)}.", apiCode: "PGRST201"),
        };
    }

    private static bool IsVisible(CallerAccess access, Resource from, Relation relation) =>
        access.To(relation.Target, TableAction.Read) is { } target && target.Find(relation.To.Name) is not null && access.To(from, TableAction.Read)?.Find(relation.From.Name) is not null;
}
