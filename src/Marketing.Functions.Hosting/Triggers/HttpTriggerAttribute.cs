namespace Marketing.Functions.Hosting;

/// <summary>Starts a function by an HTTP request. Same shape as the attribute of the isolated worker.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : Attribute
{
    /// <summary>Key that the host demands.</summary>
    public AuthorizationLevel AuthLevel { get; } = authLevel;

    /// <summary>HTTP methods in lower case; empty for all.</summary>
    public string[] Methods { get; } = methods;

    /// <summary>Route template below the route prefix; the function's name when null.</summary>
    public string? Route { get; set; }
}
