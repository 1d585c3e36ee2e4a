namespace Marketing.Identity;

/// <summary>What a grant allows on a table.</summary>
public enum TableAction
{
    /// <summary>Read rows.</summary>
    Read,

    /// <summary>Add rows.</summary>
    Create,

    /// <summary>Change rows.</summary>
    Update,

    /// <summary>Remove rows.</summary>
    Delete,
}
