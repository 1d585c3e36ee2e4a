using System.Globalization;
using Marketing.Benchmarks;

// Usage: see docs/performance.md and docs/benchmarks.md.
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
    case ["attribution" or "rollup" or "webhooks", var size]:
        await EventsBenchmark.RunAsync(args[0], int.Parse(size, CultureInfo.InvariantCulture));
        return 0;
    case ["segments", var contacts]:
        await SegmentsBenchmark.RunAsync(int.Parse(contacts, CultureInfo.InvariantCulture));
        return 0;
    case ["claims" or "publish", var size]:
        await PublishBenchmark.RunAsync(args[0], int.Parse(size, CultureInfo.InvariantCulture));
        return 0;
    case ["serve", var app, var peers, var photograph] when File.Exists(Path.Combine(app, "host.json")) && File.Exists(photograph):
        await ServeBenchmark.RunAsync(app, peers, photograph);
        return 0;
    case ["preflight", var app] when File.Exists(Path.Combine(app, "host.json")):
        await PreflightBenchmark.RunAsync(app);
        return 0;
    case ["freeze" or "sending", var size]:
        await SendingBenchmark.RunAsync(args[0], int.Parse(size, CultureInfo.InvariantCulture));
        return 0;
    case ["media", var models, var photograph, var sharp] when File.Exists(photograph):
        await MediaBenchmark.RunAsync(models, photograph, sharp);
        return 0;
    case ["sheet", var models, var output, .. var photographs] when photographs.Length > 0:
        await ContactSheet.RunAsync(models, output, photographs);
        return 0;
    default:
        Console.Error.WriteLine("Name a benchmark: app FOLDER, api FOLDER [ROWS [FOLDER-OF-PEERS]], fuzz FOLDER MINUTES (FOLDER: the published function app), attribution BOOKINGS, rollup ROWS, webhooks EVENTS, segments CONTACTS, claims SCHEDULED-POSTS, publish POSTS, serve FOLDER FOLDER-OF-PEERS PHOTOGRAPH, preflight FOLDER, freeze RECIPIENTS, sending RECIPIENTS, media MODELS PHOTOGRAPH FOLDER-WITH-SHARP, sheet MODELS OUTPUT PHOTOGRAPH…");
        return 1;
}
