using Marketing.DevHost.Commands;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Tour;

try
{
    var parsed = CommandLine.Build().Parse(args);
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
}
catch (Exception told) when (told is DevHostException or TourException or FormatException or InvalidOperationException or InvalidDataException or Npgsql.NpgsqlException)
{
    await Console.Error.WriteLineAsync(told.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
