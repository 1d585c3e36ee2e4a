namespace Marketing.Functions.Hosting;

/// <summary>Names a method that a trigger runs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    /// <summary>The function's name: its folder beside host.json.</summary>
    public string Name { get; } = name;
}
