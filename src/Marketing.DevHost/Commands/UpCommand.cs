namespace Marketing.DevHost.Commands;

/// <summary>Starts everything and stays.</summary>
internal static class UpCommand
{
    /// <summary>Returns when it is told to stop.</summary>
    public static async Task<int> RunAsync(UpOptions options, CancellationToken cancellationToken)
    {
        await using var instance = InstanceFile.Claim(options.DataFolder);
        var machine = await DevMachine.StartAsync(options, Console.Out.WriteLine, Console.Out.WriteLine, cancellationToken);
        await using (machine)
        {
            await instance.WriteAsync(machine.Ready, cancellationToken);
            await Console.Out.WriteLineAsync($"""

                Everything is ready. API key with every scope: {machine.Ready.AdminKey}
                Try: curl -H 'x-api-key: {machine.Ready.AdminKey}' '{machine.Ready.ApiUrl}/content?limit=3'
                Ctrl-C stops it all.
                """);
            try
            {
                await IngestProgressLine.RunAsync(machine.Ready, Console.Out.WriteLine, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                await Console.Out.WriteLineAsync("Stopping.");
            }
        }
        if (options.ReadyFile is { } file) File.Delete(file);
        return 0;
    }
}
