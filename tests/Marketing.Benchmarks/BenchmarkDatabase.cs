using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Benchmarks;

/// <summary>A PostgreSQL of one benchmark, which keeps its durability, with every table, the stand-ins of other teams' tables and the product's services over it.</summary>
/// <param name="Services">The product's services.</param>
/// <param name="Database">Connections for filling and for the ceilings that the product is compared with.</param>
internal sealed record BenchmarkDatabase(ServiceProvider Services, NpgsqlDataSource Database)
{
    /// <summary>Starts it, runs the work and removes it.</summary>
    /// <param name="settings">Settings besides those of the servers and a key.</param>
    /// <param name="work">The benchmark.</param>
    /// <param name="replace">Takes registrations away or replaces them.</param>
    public static async Task RunAsync(IEnumerable<KeyValuePair<string, string?>> settings, Func<BenchmarkDatabase, Task> work, Action<IServiceCollection>? replace = null)
    {
        await using var servers = await BenchmarkServers.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([.. servers.Settings.Select(setting => new KeyValuePair<string, string?>(setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)), .. settings]).Build();
        var registrations = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddMarketing(configuration);
        replace?.Invoke(registrations);
        await using var services = registrations.BuildServiceProvider();
        await work(new(services, servers.Database));
    }

    /// <summary>Times the work and prints the rate and this process's memory.</summary>
    /// <returns>Seconds.</returns>
    public static async Task<double> TimeAsync<T>(string what, int count, string unit, Func<Task<T>> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        var seconds = watch.Elapsed.TotalSeconds;
        await Console.Out.WriteLineAsync($"{what}: {seconds:0.000} s, {count / seconds:N0} {unit}/s, working set {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB");
        return seconds;
    }

    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> seconds) => seconds.Order().ElementAt(seconds.Count() / 2);

    /// <summary>Runs one statement.</summary>
    /// <returns>Rows changed.</returns>
    public async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
