using System.Reflection;

namespace Marketing.Functions.Hosting;

/// <summary>One function: its name, its method, and the parameter that carries the trigger.</summary>
internal sealed record FunctionDescriptor(string Name, MethodInfo Method, ParameterInfo TriggerParameter, Attribute Trigger)
{
    /// <summary>Route of an HTTP function below the prefix; null for the others.</summary>
    public string? Route => (Trigger as HttpTriggerAttribute) is { } http ? http.Route ?? Name : null;

    /// <summary>Finds the functions of an assembly.</summary>
    /// <exception cref="InvalidOperationException">A function without a trigger, or a name used twice.</exception>
    public static IReadOnlyList<FunctionDescriptor> FindIn(Assembly assembly)
    {
        var functions = assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false })
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => (method, function: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(found => found.function is not null)
            .Select(found => Describe(found.function!.Name, found.method))
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        var twice = functions.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? functions : throw new InvalidOperationException($"Two functions are called {twice.Key}.");
    }

    private static FunctionDescriptor Describe(string name, MethodInfo method)
    {
        foreach (var parameter in method.GetParameters())
        {
            var trigger = parameter.GetCustomAttributes().FirstOrDefault(attribute =>
                attribute is HttpTriggerAttribute or QueueTriggerAttribute or BlobTriggerAttribute or TimerTriggerAttribute);
            if (trigger is not null) return new FunctionDescriptor(name, method, parameter, trigger);
        }
        throw new InvalidOperationException($"Function {name} has no trigger: {method.DeclaringType}.{method.Name} needs one parameter with a trigger attribute.");
    }
}
