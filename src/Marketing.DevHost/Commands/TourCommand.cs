using Marketing.DevHost.Tour;

namespace Marketing.DevHost.Commands;

/// <summary>Runs the tour against the instance of the data folder, or against one that it starts and stops itself.</summary>
internal static class TourCommand
{
    /// <summary>Returns 0 when every step succeeded.</summary>
    public static async Task<int> RunAsync(UpOptions options, CancellationToken cancellationToken)
    {
        if (await InstanceFile.RunningAsync(options.DataFolder, cancellationToken) is { } running)
        {
            await RunTour.RunAsync(running, Console.Out, cancellationToken);
            return 0;
        }

        await using var instance = InstanceFile.Claim(options.DataFolder);
        var log = Path.Combine(options.DataFolder, "tour.log");
        await using var lines = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        await Console.Out.WriteLineAsync($"Nothing is running on {options.DataFolder}, so everything is started first (the function app's log goes to {log}).");
        await using var machine = await DevMachine.StartAsync(options with { Port = 0 }, Console.Out.WriteLine, lines.WriteLine, cancellationToken);
        await RunTour.RunAsync(machine.Ready, Console.Out, cancellationToken);
        return 0;
    }
}
