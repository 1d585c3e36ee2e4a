using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;
using Marketing.Operations.Fence;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.IntegrationTests.Operations;

public sealed class FenceTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_belongs_to_the_environment_that_used_it_first_and_a_copy_waits_for_its_release()
    {
        var fence = app.Product.Services.GetRequiredService<EnvironmentFence>();
        Assert.True(await fence.IsReleasedAsync(Stop));
        Assert.True(await ReleasedInSqlAsync(fence.Name));

        await using var staging = app.Product.Build([new("Environment:Name", "staging")]);
        Assert.False(await staging.GetRequiredService<EnvironmentFence>().IsReleasedAsync(Stop));
        Assert.False(await ReleasedInSqlAsync("staging"));

        // As a restored dump finds it: the row says another server.
        await app.Product.ExecuteAsync("update marketing_ops.environment set server = '1/2'");
        Assert.False(await fence.IsReleasedAsync(Stop));
        var health = await app.GetAsync("health/ready");
        Assert.Equal(("ready", "fenced"), ((string)health["status"]!, (string)health["fence"]!["status"]!));
        Assert.Contains("on another server", (string)health["fence"]!["detail"]!, StringComparison.Ordinal);

        var writer = await app.ClientAsync("read", "write", "publish");
        using (var refused = await writer.PostAsync(new Uri("operations/fence/release", UriKind.Relative), null, Stop)) Assert.Equal(403, (int)refused.StatusCode);
        using (var released = await app.Admin.PostAsync(new Uri("operations/fence/release", UriKind.Relative), null, Stop))
        {
            released.EnsureSuccessStatusCode();
            var answer = JsonNode.Parse(await released.Content.ReadAsStringAsync(Stop))!;
            Assert.True((bool)answer["is_released"]!);
            Assert.NotNull(answer["released_at"]);
        }
        Assert.True(await fence.IsReleasedAsync(Stop));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where action = 'release' and table_name = 'environment'"));
        Assert.Equal("released", (string)(await app.GetAsync("health/ready"))["fence"]!["status"]!);
    }

    [Fact]
    public async Task A_copy_of_a_database_has_another_identity()
    {
        await using var one = NpgsqlDataSource.Create(await app.Product.Servers.CreateDatabaseAsync());
        await using var other = NpgsqlDataSource.Create(await app.Product.Servers.CreateDatabaseAsync());
        Assert.NotEqual(await IdentityAsync(one), await IdentityAsync(other));
        Assert.Matches("^[0-9]+/[0-9]+$", await IdentityAsync(one));
    }

    private Task<bool> ReleasedInSqlAsync(string name) => app.Product.QueryAsync<bool>("select marketing_ops.is_released($1)", name);

    private static async Task<string> IdentityAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select marketing_ops.server_identity()");
        return (string)(await command.ExecuteScalarAsync(Stop))!;
    }
}
