namespace Marketing.Functions.Hosting;

/// <summary>Which key the Functions host demands before it calls an HTTP function.</summary>
public enum AuthorizationLevel
{
    /// <summary>None.</summary>
    Anonymous,

    /// <summary>A user's token; not used by the host for keys.</summary>
    User,

    /// <summary>A function, host or master key.</summary>
    Function,

    /// <summary>A system key.</summary>
    System,

    /// <summary>The master key.</summary>
    Admin,
}
