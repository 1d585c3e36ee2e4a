using System.Text;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Resources;

/// <summary>The function app's process ends in the middle of writes.</summary>
public sealed class KillTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_under_a_key_is_done_once_and_whole_whenever_the_process_dies()
    {
        var random = new Random(1);
        for (var round = 0; round < 8; round++)
        {
            var rows = new JsonArray([.. Enumerable.Range(0, 2000).Select(n => new JsonObject { ["title"] = $"kill {round} {n}", ["content_type"] = "blog", ["author"] = $"kill {round}" })]).ToJsonString();
            var first = SendAsync(rows, round);
            await Task.Delay(random.Next(5, 120), Stop);
            app.Host.Handler.Kill();
            try
            {
                (await first).Dispose();
            }
            catch (HttpRequestException)
            {
                // The connection died with the process.
            }
            var stored = await app.Product.QueryAsync<long>("select count(*) from marketing.content where author = $1", $"kill {round}");
            Assert.True(stored is 0 or 2000, $"{stored} of 2000 rows");
            await Eventually.BecomesAsync(async () =>
            {
                try
                {
                    using var again = await SendAsync(rows, round);
                    return (int)again.StatusCode;
                }
                catch (HttpRequestException)
                {
                    return 0;
                }
            }, status => status == 201);
            Assert.Equal(2000L, await app.Product.QueryAsync<long>("select count(*) from marketing.content where author = $1", $"kill {round}"));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string rows, int round)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "content") { Content = new StringContent(rows, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", $"kill-{round}");
        return await app.Admin.SendAsync(request, Stop);
    }
}
