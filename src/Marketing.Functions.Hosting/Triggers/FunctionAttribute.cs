namespace Marketing.Functions.Hosting;

/// <summary>Marks a method as a function. Same shape as the attribute of the isolated worker.</summary>
/// <param name="name">A letter, then letters, digits, <c>_</c> and <c>-</c>; also the name of the function's folder.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    /// <summary>Name of the function.</summary>
    public string Name { get; } = name;
}
