using System.Text.Json.Nodes;
using Marketing.Social.Accounts.Refreshing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Social.Accounts;

public sealed class InstagramLoginTests(InstagramLoginFixture app) : IClassFixture<InstagramLoginFixture>
{
    [Fact]
    public async Task An_account_without_a_page_is_connected_and_its_token_prolongs_itself()
    {
        await app.ArrangeAsync("instagram", new JsonObject { ["accounts"] = new JsonArray(new JsonObject { ["id"] = "17841400000000077", ["name"] = "Villa", ["handle"] = "villa" }) });
        var connection = await app.ConnectAsync("instagram");
        var account = (Guid)connection["account"]!["id"]!;
        Assert.Equal("17841400000000077", (string?)connection["account"]!["external_account_id"]);
        Assert.True((bool)(await app.GetAsync($"social_accounts/{account}/health"))["is_healthy"]!);
        var before = await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", account);

        // Too young to be prolonged: it stays as it is.
        await using var worker = app.Product.Build();
        Assert.IsType<RefreshOutcome.Later>(await RefreshAsync(worker, account));
        Assert.Equal(before, await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", account));

        await app.ArrangeAsync("instagram", new JsonObject { ["min_age"] = 0 });
        Assert.IsType<RefreshOutcome.Renewed>(await RefreshAsync(worker, account));
        Assert.NotEqual(before, await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", account));

        // An ended token cannot prolong itself.
        await app.KillAsync("instagram");
        Assert.IsType<RefreshOutcome.Dead>(await RefreshAsync(worker, account));
        Assert.Equal("disconnected", (string?)(await app.GetAsync($"social_accounts/{account}"))["status"]);
    }

    private async Task<RefreshOutcome> RefreshAsync(ServiceProvider worker, Guid account)
    {
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set refresh_due_at = now() where account_id = $1", account);
        return await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, TestContext.Current.CancellationToken);
    }
}
