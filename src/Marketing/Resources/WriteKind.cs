namespace Marketing.Resources;

/// <summary>What happens to a row.</summary>
public enum WriteKind
{
    /// <summary>The row is new.</summary>
    Create,

    /// <summary>The row exists and some columns change.</summary>
    Update,

    /// <summary>The row goes.</summary>
    Delete,
}
