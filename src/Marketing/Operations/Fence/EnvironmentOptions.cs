namespace Marketing.Operations.Fence;

/// <summary>Which environment this is, section <c>Environment</c>.</summary>
public sealed class EnvironmentOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Environment";

    /// <summary>A name that no other environment has, for example <c>production</c>; empty takes the name of the storage account.</summary>
    public string Name { get; set; } = "";
}
