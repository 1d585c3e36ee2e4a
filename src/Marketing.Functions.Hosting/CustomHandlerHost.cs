using System.Globalization;
using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Marketing.Functions.Hosting;

/// <summary>
/// Runs the trigger classes of an assembly as an Azure Functions custom handler: an HTTP server on the loopback port that the Functions
/// host names. It listens before anything is opened or warmed up.
/// </summary>
public static class CustomHandlerHost
{
    /// <summary>Setting by which the Functions host names the port.</summary>
    public const string PortSetting = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>Largest request body, in bytes: the limit of the Functions host itself.</summary>
    public const long MaxRequestBodyBytes = 104_857_600;

    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="functions">The assembly with the trigger classes.</param>
    /// <param name="configure">Registers what the trigger classes need.</param>
    /// <returns>
    /// The exit code. 1 for a configuration that cannot be served. 143 after SIGTERM and 130 after Ctrl-C: never 0, since the Functions
    /// host does not start a handler again that ended with 0.
    /// </returns>
    public static async Task<int> RunAsync(Assembly functions, Action<IServiceCollection, IConfiguration> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (!ushort.TryParse(builder.Configuration[PortSetting], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            await Console.Error.WriteLineAsync($"{PortSetting} is not a port number. The Functions host sets it; to run the product by hand use: dotnet run --project src/Marketing.DevHost");
            return 1;
        }

        // The environment is the host's own, its ASPNETCORE_URLS included: only the port named above is ours.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
        });
        LogOneLineAnEntry(builder.Logging);
        configure(builder.Services, builder.Configuration);
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<InvocationEndpoint>(
            provider, FunctionDescriptor.FindIn(functions), builder.Configuration["AzureFunctionsJobHost:extensions:http:routePrefix"] ?? "api"));

        await using var app = builder.Build();
        var endpoint = app.Services.GetRequiredService<InvocationEndpoint>();
        app.Run(endpoint.RunAsync);
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (IsSetting(exception))
        {
            // Several settings that are wrong come together, and one that others depend on more than once.
            var messages = exception is AggregateException several ? several.InnerExceptions.Select(inner => inner.Message).Distinct() : [exception.Message];
            foreach (var message in messages) await Console.Error.WriteLineAsync($"Cannot start: {message.ReplaceLineEndings(" ")}");
            return 1;
        }
        using var orphan = ParentProcess.WhenGone(app.Lifetime.StopApplication);
        await app.WaitForShutdownAsync();
        return 143;
    }

    private static bool IsSetting(Exception exception) => exception is IOException or Microsoft.Extensions.Options.OptionsValidationException or FormatException or InvalidOperationException
        || (exception is AggregateException several && several.InnerExceptions.All(IsSetting));

    // The Functions host takes each line for an entry, and what stands on stderr for an error unless it says "warn".
    private static void LogOneLineAnEntry(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Warning);
        // These categories print addresses with their query, and keys may stand in a query.
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddFilter("Polly", LogLevel.Warning);
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);
        logging.AddFilter("Azure", LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
    }
}
