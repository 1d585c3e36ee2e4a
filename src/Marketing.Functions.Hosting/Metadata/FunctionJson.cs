using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Text.Json.Nodes;

namespace Marketing.Functions.Hosting.Metadata;

/// <summary>The bindings of one function as the Functions host reads them.</summary>
internal static class FunctionJson
{
    private const string DefaultConnection = "AzureWebJobsStorage";

    // The host passes the request itself only to functions with exactly these two bindings.
    public static JsonObject Http(string binding, CustomAttributeValue<string> trigger)
    {
        var methods = (ImmutableArray<CustomAttributeTypedArgument<string>>)trigger.FixedArguments[1].Value!;
        var input = new JsonObject
        {
            ["type"] = "httpTrigger",
            ["direction"] = "in",
            ["name"] = binding,
            ["authLevel"] = ((AuthorizationLevel)(int)trigger.FixedArguments[0].Value!).ToString().ToLowerInvariant(),
            ["methods"] = new JsonArray([.. methods.Select(method => JsonValue.Create((string)method.Value!))]),
        };
        if (Named(trigger, "Route") is string route) input["route"] = route;
        return Function(input, new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "res" });
    }

    public static JsonObject Queue(string binding, CustomAttributeValue<string> trigger) => Function(new JsonObject
    {
        ["type"] = "queueTrigger",
        ["direction"] = "in",
        ["name"] = binding,
        ["queueName"] = (string)trigger.FixedArguments[0].Value!,
        ["connection"] = Connection(trigger),
    });

    // A deferred binding keeps the host from loading the content, which the function reads by itself.
    public static JsonObject Blob(string binding, CustomAttributeValue<string> trigger) => Function(new JsonObject
    {
        ["type"] = "blobTrigger",
        ["direction"] = "in",
        ["name"] = binding,
        ["path"] = (string)trigger.FixedArguments[0].Value!,
        ["connection"] = Connection(trigger),
        ["source"] = ((BlobTriggerSource)(Named(trigger, "Source") ?? 0)).ToString(),
        ["properties"] = new JsonObject { ["supportsDeferredBinding"] = true },
    });

    public static JsonObject Timer(string binding, CustomAttributeValue<string> trigger) => Function(new JsonObject
    {
        ["type"] = "timerTrigger",
        ["direction"] = "in",
        ["name"] = binding,
        ["schedule"] = (string)trigger.FixedArguments[0].Value!,
        ["useMonitor"] = (bool)(Named(trigger, "UseMonitor") ?? true),
        ["runOnStartup"] = (bool)(Named(trigger, "RunOnStartup") ?? false),
    });

    private static string Connection(CustomAttributeValue<string> trigger) => Named(trigger, "Connection") as string ?? DefaultConnection;

    private static object? Named(CustomAttributeValue<string> trigger, string property) =>
        trigger.NamedArguments.Where(argument => argument.Name == property).Select(argument => argument.Value).FirstOrDefault();

    private static JsonObject Function(params JsonNode[] bindings) => new() { ["bindings"] = new JsonArray(bindings) };
}
