using System.Collections.Concurrent;
using System.Globalization;
using Marketing.Social.Platforms;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>Each call that a post needs fails in each way, once: the post is out exactly once in the end.</summary>
public sealed class OtherPlatformFaultTests(PlatformFixture fixture) : IClassFixture<PlatformFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("answers 500", """{"status":500,"body":"{\"message\":\"m\"}"}""")]
    [InlineData("answers 503 with a page", """{"status":503,"body":"<html>"}""")]
    [InlineData("resets the connection", """{"drop":true}""")]
    [InlineData("acts, and its answer is lost", """{"act_then_drop":true}""")]
    [InlineData("hangs", """{"delay_ms":4000}""")]
    [InlineData("acts, and answers too late", """{"act_then_drop":true,"hold_ms":4000}""")]
    public async Task Whatever_call_fails_each_post_goes_out_exactly_once(string fault, string arranged)
    {
        await using var worker = fixture.Worker();
        var due = new ConcurrentBag<(DuePost Post, PlatformCase Kind, int Call)>();
        foreach (var kind in OtherPlatformCases.All)
        {
            var calls = await CallsOfAsync(worker, kind);
            for (var call = 0; call < calls; call++)
            {
                var post = await fixture.DuePostAsync(kind);
                var answer = System.Text.Json.Nodes.JsonNode.Parse(arranged)!.AsObject();
                (answer["for"], answer["skip"]) = (post.Token, call);
                await fixture.ArrangeAsync(answer);
                due.Add((post, kind, call));
            }
        }
        await PlatformFixture.ClaimAsync(worker);
        await fixture.PublishAllAsync(worker, [.. due.Select(each => each.Post)], TimeSpan.FromSeconds(120));
        var published = await fixture.PublishedAsync();
        foreach (var (post, kind, call) in due)
        {
            var seen = post.Among(published).Count;
            Assert.True(seen == 1 && await fixture.StatusAsync(post) == "published", $"{kind.Name}, call {call} {fault}: {seen} posts at the platform, {await fixture.StatusAsync(post)}.\n{await fixture.AttemptsAsync(post)}");
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{fault}: {due.Count} calls of {OtherPlatformCases.All.Length} kinds of posts, {due.Count} posts due, {due.Count} out once");
    }

    [Theory]
    [InlineData("x text", """{"title":"Too Many Requests","status":429}""", "x-rate-limit-reset")]
    [InlineData("pinterest image", """{"code":8,"message":"limit"}""", "X-RateLimit-Reset")]
    [InlineData("youtube short", """{"error":{"code":429,"message":"m","errors":[{"reason":"rateLimitExceeded"}]}}""", "Retry-After")]
    public async Task A_throttled_post_waits_as_long_as_the_platform_says(string name, string body, string header)
    {
        await using var worker = fixture.Worker();
        var (kind, reset) = (PlatformCases.All[name], DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3));
        var post = await fixture.DuePostAsync(kind);
        var value = header.StartsWith("x-", StringComparison.Ordinal) ? reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : "3";
        await fixture.ArrangeAsync(new { method = kind.Finalise.Method, path = kind.Finalise.Path, @for = post.Token, status = 429, body, headers = new Dictionary<string, string> { [header] = value, ["x-rate-limit-remaining"] = "0" } });
        await PlatformFixture.ClaimAsync(worker);
        Assert.Empty(await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30)));
        var at = DateTimeOffset.Parse((string)Assert.Single(post.Among(await fixture.PublishedAsync()))["at"]!, CultureInfo.InvariantCulture);
        Assert.True(at >= reset, $"Out at {at:O}, although the platform asked to wait until {reset:O}.\n{await fixture.AttemptsAsync(post)}");
    }

    [Theory]
    [InlineData("x text")]
    [InlineData("linkedin text")]
    public async Task A_post_that_is_listed_too_late_is_told_by_the_refusal_of_its_duplicate(string name)
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(PlatformCases.All[name] with { Stub = new() { ["list_after_ms"] = 2500 } });
        await fixture.ArrangeAsync(new { method = "POST", path = PlatformCases.All[name].Finalise.Path, @for = post.Token, act_then_drop = true });
        await PlatformFixture.ClaimAsync(worker);
        Assert.Empty(await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30)));
        Assert.Single(post.Among(await fixture.PublishedAsync()));
        // The reads came too early, so that the post was sent again and refused, which set the search going once more.
        Assert.True(await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id = $1 and step = 'finalise'", post.Id) >= 2, await fixture.AttemptsAsync(post));
    }

    [Theory]
    [InlineData("x text")]
    [InlineData("linkedin text")]
    public async Task A_text_that_the_account_posted_before_is_refused_with_the_post_that_it_repeats(string name)
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(PlatformCases.All[name]);
        await PlatformFixture.ClaimAsync(worker);
        Assert.Empty(await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30)));
        var first = Assert.Single(post.Among(await fixture.PublishedAsync()));

        await using var scope = worker.CreateAsyncScope();
        var publisher = scope.ServiceProvider.GetServices<IPublisher>().Single(each => each.Platform == PlatformCases.All[name].Platform);
        var later = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var repeated = new PublishTarget(post.Account, post.Token, (string)first["caption"]!, [], null) { ContainerState = $$"""{"at":{{later}},"media":[]}""" };
        var refusal = Assert.IsType<Outcome.Reject>(await publisher.FinaliseAsync(repeated, "text", Stop));
        Assert.Contains((string)first["id"]!, refusal.Reason, StringComparison.Ordinal);
        Assert.Single(post.Among(await fixture.PublishedAsync()));
    }

    [Fact]
    public async Task A_member_of_LinkedIn_whose_answer_was_lost_is_left_to_a_person_and_never_sent_twice()
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(OtherPlatformCases.LinkedInMember);
        await fixture.ArrangeAsync(new { method = "POST", path = "/linkedin/rest/posts", @for = post.Token, act_then_drop = true });
        await PlatformFixture.ClaimAsync(worker);
        Assert.Single(await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(4)));
        Assert.Single(post.Among(await fixture.PublishedAsync()));
        Assert.Contains("look at the profile", await fixture.AttemptsAsync(post), StringComparison.Ordinal);
        Assert.Equal(1L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id = $1 and step = 'finalise'", post.Id));
    }

    [Fact]
    public async Task An_upload_session_of_YouTube_that_is_gone_is_begun_anew()
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(PlatformCases.All["youtube video in parts"]);
        await fixture.ArrangeAsync(new { method = "PUT", path = "/upload/", @for = post.Token, skip = 1, status = 404, times = 2 });
        await PlatformFixture.ClaimAsync(worker);
        Assert.Empty(await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30)));
        Assert.Single(post.Among(await fixture.PublishedAsync()));
        Assert.Equal(2L, await SubmitsAsync(post));
    }

    [Fact]
    public async Task A_video_whose_last_answer_and_session_are_lost_is_found_by_its_mark_and_not_sent_again()
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(PlatformCases.All["youtube video in parts"]);
        await fixture.ArrangeAsync(new { method = "PUT", path = "/upload/", @for = post.Token, skip = 2, act_then_drop = true });
        await fixture.ArrangeAsync(new { method = "PUT", path = "/upload/", @for = post.Token, status = 410 });
        await PlatformFixture.ClaimAsync(worker);
        Assert.Empty(await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30)));
        Assert.Single(post.Among(await fixture.PublishedAsync()));
        Assert.Equal(1L, await SubmitsAsync(post));
    }

    [Fact]
    public async Task A_token_of_LinkedIn_that_is_only_seconds_old_is_tried_once_more()
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(PlatformCases.All["linkedin text"]);
        await fixture.ArrangeAsync(new { method = "POST", path = "/linkedin/rest/posts", @for = post.Token, status = 401, body = """{"status":401,"message":"m","serviceErrorCode":65601}""" });
        await PlatformFixture.ClaimAsync(worker);
        Assert.Empty(await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30)));
        Assert.Equal(1L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id = $1 and step = 'finalise'", post.Id));
    }

    [Theory]
    [InlineData("youtube short")]
    [InlineData("x text")]
    [InlineData("linkedin text")]
    [InlineData("pinterest image")]
    public async Task No_attempt_holds_a_token_or_an_upload_address(string name)
    {
        await using var worker = fixture.Worker();
        var kind = PlatformCases.All[name];
        var post = await fixture.DuePostAsync(kind);
        await fixture.ArrangeAsync(new { @for = post.Token, method = kind.Finalise.Method, path = kind.Finalise.Path, status = 401, body = "{}" });
        await PlatformFixture.ClaimAsync(worker);
        await PlatformFixture.RunAsync(worker, post);
        var attempts = await fixture.AttemptsAsync(post);
        Assert.Contains("HTTP 401", attempts, StringComparison.Ordinal);
        Assert.DoesNotContain(post.Token, attempts, StringComparison.Ordinal);
        Assert.DoesNotContain("upload_id", attempts, StringComparison.Ordinal);
    }

    // The number of calls that a post of a kind needs when nothing fails.
    private async Task<int> CallsOfAsync(Microsoft.Extensions.DependencyInjection.ServiceProvider worker, PlatformCase kind)
    {
        var before = await fixture.CallsAsync();
        var post = await fixture.DuePostAsync(kind);
        await PlatformFixture.ClaimAsync(worker);
        await PlatformFixture.RunAsync(worker, post);
        Assert.True(await fixture.StatusAsync(post) == "published", await fixture.AttemptsAsync(post));
        return await fixture.CallsAsync() - before;
    }

    private Task<long> SubmitsAsync(DuePost post) => fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id = $1 and step = 'submit' and state = 'succeeded'", post.Id);
}
