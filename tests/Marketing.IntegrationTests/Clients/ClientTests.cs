using System.Text.Json.Nodes;
using Marketing.Data;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Clients;

/// <summary>Clients and tools that others wrote, as they come from npm, against the function app.</summary>
public sealed class ClientTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postgrest_js_runs_unmodified() =>
        await NpmFolder.RunAsync("node", ["--test", "postgrest.test.mjs"], await PrepareAsync(), Stop, Environment);

    [Fact]
    public async Task The_description_has_no_error_and_no_warning()
    {
        var folder = await PrepareAsync();
        // Ids are uuids or business ids, so that /content_library/uploads/{id} is never taken for /content_library/{id}/usage.
        var report = await NpmFolder.RunAsync("node", ["node_modules/@redocly/cli/bin/cli.js", "lint", "--extends", "recommended", "--skip-rule", "no-ambiguous-paths", "--format", "json", "openapi.json"], folder, Stop, new Dictionary<string, string> { ["REDOCLY_TELEMETRY"] = "off" });
        var found = JsonNode.Parse(report[..(report.LastIndexOf("\n}", StringComparison.Ordinal) + 2)])!; // a sentence for people follows
        Assert.True((int)found["totals"]!["errors"]! + (int)found["totals"]!["warnings"]! == 0, string.Join('\n', found["problems"]!.AsArray().Select(problem => $"{problem!["ruleId"]} {problem["message"]} {problem["location"]?[0]?["pointer"]}")));
    }

    [Fact]
    public async Task A_typed_client_generated_from_the_description_compiles_and_works()
    {
        var folder = await PrepareAsync();
        await NpmFolder.RunAsync("node", ["node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "schema.ts"], folder, Stop);
        await NpmFolder.RunAsync("node", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], folder, Stop);
        await NpmFolder.RunAsync("node", ["out/typed.js"], folder, Stop, Environment);
    }

    // A folder of the test's own, over the packages in the cache.
    private async Task<string> PrepareAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Clients");
        var packages = await NpmFolder.InstallAsync(source, "clients", complete: null, Stop);
        var folder = Directory.CreateDirectory(Path.Combine(app.Product.Servers.Folder, $"clients-{Guid.NewGuid():N}")).FullName;
        foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(packages, "node_modules"));
        await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), (await app.GetAsync("openapi.json")).ToJsonString(), Stop);
        return folder;
    }

    private Dictionary<string, string> Environment => new()
    {
        ["API_URL"] = new Uri(app.Host.Address, "/api").ToString(),
        ["API_KEY"] = app.Admin.DefaultRequestHeaders.Authorization!.Parameter!,
        ["DATABASE_URL"] = DatabaseConnection.ToUrl(app.Product.Settings[DatabaseConnection.Setting]!),
    };
}
