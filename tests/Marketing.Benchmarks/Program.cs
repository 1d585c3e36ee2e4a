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
    case ["attribution" or "rollup" or "webhooks", var size]:
        await EventsBenchmark.RunAsync(args[0], int.Parse(size, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("Name a benchmark and the published function app: app FOLDER, or api FOLDER [ROWS [FOLDER-OF-PEERS]]; or attribution BOOKINGS, rollup ROWS, webhooks EVENTS");
        return 1;
}
