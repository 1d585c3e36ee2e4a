using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Marketing.Benchmarks;

/// <summary>The load generator <c>wrk</c>.</summary>
internal static partial class Wrk
{
    /// <summary>Runs a load of 16 connections for 6 seconds.</summary>
    /// <param name="address">Address to ask.</param>
    /// <param name="headers">Headers of each request.</param>
    /// <param name="script">A Lua script for requests other than GET; null without.</param>
    /// <exception cref="InvalidOperationException">wrk is not installed, or answers were not 2xx.</exception>
    public static async Task<WrkResult> RunAsync(Uri address, IReadOnlyDictionary<string, string> headers, string? script = null)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script ?? "");
        try
        {
            var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true, RedirectStandardError = true, ArgumentList = { "-t", "2", "-c", "16", "-d", "6s", "--latency" } };
            foreach (var (name, value) in headers) { start.ArgumentList.Add("-H"); start.ArgumentList.Add($"{name}: {value}"); }
            if (script is not null) { start.ArgumentList.Add("-s"); start.ArgumentList.Add(file); }
            start.ArgumentList.Add(address.AbsoluteUri);
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (output.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException($"{address}: {output}");
            return new WrkResult(Number(Rate().Match(output)), Milliseconds(Median().Match(output)), Milliseconds(Late().Match(output)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    private static double Milliseconds(Match match) => Number(match) * match.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"50%\s+([0-9.]+)(us|ms|s)")]
    private static partial Regex Median();

    [GeneratedRegex(@"99%\s+([0-9.]+)(us|ms|s)")]
    private static partial Regex Late();
}

/// <summary>What one load measured.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="Median">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
internal sealed record WrkResult(double PerSecond, double Median, double P99);
