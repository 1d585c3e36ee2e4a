using System.Globalization;
using Marketing.Benchmarks;

// Usage: see docs/performance.md.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["app", var app] when File.Exists(Path.Combine(app, "host.json")):
        await AppBenchmark.RunAsync(app);
        return 0;
    case ["api", var app, .. var rest] when File.Exists(Path.Combine(app, "host.json")) && rest.Length <= 2:
        await ApiBenchmark.RunAsync(app, rest.ElementAtOrDefault(0) is { } rows ? int.Parse(rows, CultureInfo.InvariantCulture) : 100_000, rest.ElementAtOrDefault(1));
        return 0;
    case ["fuzz", var app, var minutes] when File.Exists(Path.Combine(app, "host.json")):
        return await FuzzApi.RunAsync(app, double.Parse(minutes, CultureInfo.InvariantCulture)) ? 0 : 1;
    default:
        Console.Error.WriteLine("Name a benchmark and the published function app: app FOLDER, api FOLDER [ROWS [FOLDER-OF-PEERS]], or fuzz FOLDER MINUTES");
        return 1;
}
