using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>What each kind of post becomes at YouTube, X, LinkedIn and Pinterest, and what of it stays with us.</summary>
public sealed class OtherPlatformPostTests(PlatformFixture fixture) : IClassFixture<PlatformFixture>
{
    public static TheoryData<string> Names => [.. OtherPlatformCases.All.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_kind_of_post_goes_out_once_with_its_address(string name)
    {
        var (post, seen) = await PublishAsync(PlatformCases.All[name]);
        var address = PlatformCases.All[name].Platform switch
        {
            "youtube" => $"https://www.youtube.com/watch?v={seen["id"]}",
            "twitter" => $"https://x.com/villas/status/{seen["id"]}",
            "linkedin" => $"https://www.linkedin.com/feed/update/{seen["id"]}/",
            _ => $"https://www.pinterest.com/pin/{seen["id"]}/",
        };
        Assert.Equal($"{seen["id"]} {address}", await fixture.Product.QueryAsync<string>("select external_post_id || ' ' || external_url from marketing.social_posts where id = $1 and published_at is not null", post.Id));
    }

    [Fact]
    public async Task A_video_on_YouTube_carries_its_texts_declarations_and_bytes()
    {
        var (post, seen) = await PublishAsync(PlatformCases.All["youtube video in parts"]);
        Assert.Equal("Villa at dusk", (string?)seen["snippet"]!["title"]);
        Assert.Equal([$"post-{post.Id:N}", "villa", "pool side"], seen["snippet"]!["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal("public", (string?)seen["status"]!["privacyStatus"]);
        Assert.False((bool)seen["status"]!["selfDeclaredMadeForKids"]!);
        await SameBytesAsync(post, seen, 700_000);
    }

    [Fact]
    public async Task A_video_on_YouTube_keeps_its_privacy_and_gets_its_cover()
    {
        var cover = await fixture.FileAsync("photo.jpg", "cover");
        var (_, seen) = await PublishAsync(PlatformCases.All["youtube short"] with { Options = new JsonObject { ["privacy_status"] = "unlisted", ["is_ai_generated"] = true, ["cover_url"] = cover }.ToJsonString() });
        Assert.Equal("unlisted", (string?)seen["status"]!["privacyStatus"]);
        Assert.True((bool)seen["status"]!["containsSyntheticMedia"]!);
        Assert.True((long)seen["cover"]! > 100);
    }

    [Fact]
    public async Task A_channel_that_may_not_set_covers_publishes_without()
    {
        var cover = await fixture.FileAsync("photo.jpg", "cover");
        var (_, seen) = await PublishAsync(PlatformCases.All["youtube short"] with { Stub = new JsonObject { ["covers"] = false }, Options = new JsonObject { ["cover_url"] = cover }.ToJsonString() });
        Assert.Equal(0, (long)seen["cover"]!);
    }

    [Fact]
    public async Task A_project_without_audit_fails_the_post_and_says_why() =>
        Assert.Contains("have not passed YouTube's audit", await FailAsync(PlatformCases.All["youtube short"] with { Stub = new JsonObject { ["audited"] = false } }), StringComparison.Ordinal);

    [Fact]
    public async Task A_video_that_YouTube_rejects_fails_with_its_reason() =>
        Assert.Contains("copyright", await FailAsync(PlatformCases.All["youtube short"] with { Stub = new JsonObject { ["upload_status"] = "rejected" } }), StringComparison.Ordinal);

    [Fact]
    public async Task A_post_on_X_has_its_media_and_their_alternative_texts()
    {
        var (post, seen) = await PublishAsync(PlatformCases.All["x image"]);
        Assert.Equal("A pool", (string?)seen["media"]![0]!["alt_text"]);
        Assert.Equal("tweet_image", (string?)seen["media"]![0]!["category"]);
        await SameBytesAsync(post, seen, bytes: null);
        Assert.Equal(3, (await PublishAsync(PlatformCases.All["x images"])).Seen["media"]!.AsArray().Count);
        var (video, shown) = await PublishAsync(PlatformCases.All["x video in parts"]);
        await SameBytesAsync(video, shown, 700_000);
    }

    [Fact]
    public async Task A_post_on_X_declares_what_its_options_say()
    {
        var (_, seen) = await PublishAsync(PlatformCases.All["x text"] with { Options = """{"is_ai_generated":true,"paid_partnership":true,"reply_settings":"following"}""" });
        Assert.True((bool)seen["body"]!["made_with_ai"]!);
        Assert.True((bool)seen["body"]!["paid_partnership"]!);
        Assert.Equal("following", (string?)seen["body"]!["reply_settings"]);
    }

    [Fact]
    public async Task A_video_that_X_cannot_use_fails_with_its_reason() =>
        Assert.Contains("Unsupported video codec", await FailAsync(PlatformCases.All["x video in parts"] with { Stub = new JsonObject { ["media_fails"] = true } }), StringComparison.Ordinal);

    [Fact]
    public async Task A_text_on_LinkedIn_reads_as_it_was_written_signs_and_hashtags_included()
    {
        const string caption = @"Sale (50%) #villa @home _now_ a|b {x} [y] <z> ~1 * \ ";
        var (_, seen) = await PublishAsync(PlatformCases.All["linkedin text"] with { Caption = caption });
        Assert.StartsWith(caption, (string?)seen["caption"], StringComparison.Ordinal);
        Assert.Contains(@"{hashtag|\#|villa}", (string?)seen["commentary"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_post_on_LinkedIn_shows_its_link_images_or_video()
    {
        var article = (await PublishAsync(PlatformCases.All["linkedin link"])).Seen["content"]!["article"]!;
        Assert.Equal(["https://example.com/villas", "Our villas", "By the sea"], new[] { article["source"], article["title"], article["description"] }.Select(each => (string?)each));
        Assert.Equal("A pool (blue)", (string?)(await PublishAsync(PlatformCases.All["linkedin image"])).Seen["content"]!["media"]!["altText"]);
        Assert.Equal(2, (await PublishAsync(PlatformCases.All["linkedin images"])).Seen["content"]!["multiImage"]!["images"]!.AsArray().Count);
        var (post, seen) = await PublishAsync(PlatformCases.All["linkedin video in parts"]);
        await SameBytesAsync(post, seen, 700_000);
    }

    [Fact]
    public async Task A_members_image_goes_out_although_its_state_cannot_be_read()
    {
        var (_, seen) = await PublishAsync(OtherPlatformCases.LinkedInMember with { Media = ["photo.jpg"] });
        Assert.StartsWith("urn:li:image:", (string?)seen["content"]!["media"]!["id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_has_its_board_title_and_marked_link()
    {
        var (post, seen) = await PublishAsync(PlatformCases.All["pinterest image"]);
        Assert.Equal(["board-1", "Villa at dusk", $"https://example.com/villas?id=1&sp={post.Id:N}"], new[] { seen["board_id"], seen["title"], seen["link"] }.Select(each => (string?)each));
        Assert.Equal(2, (await PublishAsync(PlatformCases.All["pinterest images"])).Seen["source"]!["items"]!.AsArray().Count);
        var (video, shown) = await PublishAsync(PlatformCases.All["pinterest video"]);
        Assert.NotNull(shown["source"]!["cover_image_key_frame_time"]);
        await SameBytesAsync(video, shown, 200_000);
    }

    [Fact]
    public async Task A_pin_without_a_board_fails_and_says_so() =>
        Assert.Contains("board_id", await FailAsync(PlatformCases.All["pinterest image"] with { Options = "{}" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("youtube short", "story")]
    [InlineData("x text", "reel")]
    [InlineData("linkedin text", "live")]
    [InlineData("pinterest image", "story")]
    public async Task What_a_platform_does_not_have_fails_before_anything_is_sent(string name, string type)
    {
        var before = await fixture.CallsAsync();
        Assert.Contains($"has no posts of type '{type}'", await FailAsync(PlatformCases.All[name] with { PostType = type }), StringComparison.Ordinal);
        Assert.Equal(before, await fixture.CallsAsync());
    }

    private async Task<(DuePost Post, JsonNode Seen)> PublishAsync(PlatformCase kind)
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(kind);
        await PlatformFixture.ClaimAsync(worker);
        await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30));
        Assert.True(await fixture.StatusAsync(post) == "published", $"{kind.Name}: {await fixture.StatusAsync(post)}\n{await fixture.AttemptsAsync(post)}");
        await PlatformFixture.RunAsync(worker, post);
        return (post, Assert.Single(post.Among(await fixture.PublishedAsync())));
    }

    private async Task<string> FailAsync(PlatformCase kind)
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(kind);
        await PlatformFixture.ClaimAsync(worker);
        await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30));
        Assert.Equal("failed", await fixture.StatusAsync(post));
        Assert.Empty(post.Among(await fixture.PublishedAsync()));
        return await fixture.AttemptsAsync(post);
    }

    private async Task SameBytesAsync(DuePost post, JsonNode seen, int? bytes)
    {
        var sent = await fixture.BytesAsync(post, 0);
        if (bytes is { } length) Assert.Equal(length, sent.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sent)), (string?)seen["media"]![0]!["sha256"]);
    }
}
