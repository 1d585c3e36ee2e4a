using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;

namespace Marketing.Functions.Hosting.Metadata;

/// <summary>Reads the functions of a compiled assembly without loading it, so that the build needs no runtime of the target's kind.</summary>
internal static class FunctionMetadata
{
    /// <summary>The <c>function.json</c> of every function, by name.</summary>
    /// <exception cref="InvalidDataException">A method is marked as a function but has no trigger.</exception>
    public static IReadOnlyDictionary<string, JsonObject> Read(string assemblyPath)
    {
        using var assembly = new PEReader(File.OpenRead(assemblyPath));
        var metadata = assembly.GetMetadataReader();
        var functions = new SortedDictionary<string, JsonObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (Find(metadata, method.GetCustomAttributes(), "FunctionAttribute") is not { } function) continue;
            var name = (string)function.FixedArguments[0].Value!;
            functions.Add(name, Describe(metadata, method) ?? throw new InvalidDataException($"Function {name} has no trigger."));
        }
        return functions;
    }

    private static JsonObject? Describe(MetadataReader metadata, MethodDefinition method)
    {
        foreach (var handle in method.GetParameters())
        {
            var parameter = metadata.GetParameter(handle);
            var binding = metadata.GetString(parameter.Name);
            var attributes = parameter.GetCustomAttributes();
            if (Find(metadata, attributes, "HttpTriggerAttribute") is { } http) return FunctionJson.Http(binding, http);
            if (Find(metadata, attributes, "QueueTriggerAttribute") is { } queue) return FunctionJson.Queue(binding, queue);
            if (Find(metadata, attributes, "BlobTriggerAttribute") is { } blob) return FunctionJson.Blob(binding, blob);
            if (Find(metadata, attributes, "TimerTriggerAttribute") is { } timer) return FunctionJson.Timer(binding, timer);
        }
        return null;
    }

    private static CustomAttributeValue<string>? Find(MetadataReader metadata, CustomAttributeHandleCollection attributes, string typeName)
    {
        foreach (var handle in attributes)
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (TypeName(metadata, attribute.Constructor) == typeName) return attribute.DecodeValue(new AttributeTypes());
        }
        return null;
    }

    private static string? TypeName(MetadataReader metadata, EntityHandle constructor) => constructor.Kind switch
    {
        HandleKind.MemberReference when metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } parent =>
            metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name),
        HandleKind.MethodDefinition => metadata.GetString(metadata.GetTypeDefinition(metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType()).Name),
        _ => null,
    };
}
