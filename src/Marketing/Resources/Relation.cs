namespace Marketing.Resources;

/// <summary>A foreign key between two of the tables, seen from one of them.</summary>
/// <param name="Constraint">Name of the foreign key.</param>
/// <param name="Target">The table at the other end.</param>
/// <param name="From">Column of this table.</param>
/// <param name="To">Column of the other table that equals it.</param>
/// <param name="IsToMany">True when several rows of the other table may belong to one of this.</param>
public sealed record Relation(string Constraint, Resource Target, Column From, Column To, bool IsToMany)
{
    /// <summary>The column that holds the key, on whichever side it is.</summary>
    public Column KeyColumn => IsToMany ? To : From;

    /// <summary>As an error message names it.</summary>
    public override string ToString() => $"{Target.Table}!{KeyColumn.Name}";
}
