using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.DevHost.Servers;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>A function app's folder as the host reads it: <c>host.json</c> and one <c>function.json</c> a function.</summary>
public sealed record FunctionApp(string Folder, string Executable, string RoutePrefix, TimeSpan FunctionTimeout, int MaxDequeueCount, IReadOnlyList<Function> Functions)
{
    // Defaults of the host: host.json reference of Azure Functions, "functionTimeout", "extensions.queues", "extensions.http".
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);
    private const int DefaultMaxDequeueCount = 5;

    /// <summary>Reads the folder.</summary>
    /// <exception cref="DevHostException">There is no function app in it.</exception>
    public static FunctionApp Read(string folder)
    {
        var hostFile = Path.Combine(folder, "host.json");
        if (!File.Exists(hostFile)) throw new DevHostException($"{folder} is no function app: it has no host.json. Build it: dotnet build src/Marketing.Functions");
        var host = JsonNode.Parse(File.ReadAllText(hostFile))!;
        var functions = Directory.GetFiles(folder, "function.json", SearchOption.AllDirectories)
            .Where(file => Path.GetDirectoryName(Path.GetDirectoryName(file)) == folder.TrimEnd(Path.DirectorySeparatorChar))
            .Select(Function.Read)
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        var executable = (string)host["customHandler"]!["description"]!["defaultExecutablePath"]!;
        return new FunctionApp(
            folder,
            Path.Combine(folder, OperatingSystem.IsWindows() ? $"{executable}.exe" : executable),
            (string?)host["extensions"]?["http"]?["routePrefix"] ?? "api",
            TimeSpan.TryParse((string?)host["functionTimeout"], System.Globalization.CultureInfo.InvariantCulture, out var timeout) ? timeout : DefaultTimeout,
            (int?)host["extensions"]?["queues"]?["maxDequeueCount"] ?? DefaultMaxDequeueCount,
            functions);
    }
}

/// <summary>One function and its trigger binding.</summary>
public sealed record Function(string Name, string Type, JsonElement Trigger)
{
    /// <summary>Name of the trigger binding, under which the payload stands in <c>Data</c>.</summary>
    public string Binding => Text("name")!;

    /// <summary>A text of the trigger binding.</summary>
    public string? Text(string member) => Trigger.TryGetProperty(member, out var value) ? value.GetString() : null;

    /// <summary>Reads one <c>function.json</c>.</summary>
    public static Function Read(string file)
    {
        var bindings = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file)).GetProperty("bindings");
        var trigger = bindings.EnumerateArray().Single(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
        return new Function(Path.GetFileName(Path.GetDirectoryName(file))!, trigger.GetProperty("type").GetString()!, trigger);
    }
}
