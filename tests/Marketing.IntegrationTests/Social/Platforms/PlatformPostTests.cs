using System.Text.Json.Nodes;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>What a post becomes at the platform, and what its owner reads when it cannot become that.</summary>
public sealed class PlatformPostTests(PlatformFixture fixture) : IClassFixture<PlatformFixture>
{
    [Fact]
    public async Task A_carousel_keeps_its_order_alternative_texts_and_location()
    {
        var (post, seen) = await OutAsync(new("carousel", "instagram", "carousel", "photo.jpg", "clip.mp4", "photo.jpg") { Options = """{"alt_texts":["the pool","","the sea"],"location_id":"123"}""" });
        Assert.Equal([$"{post.Key}-0.jpg", $"{post.Key}-1.mp4", $"{post.Key}-2.jpg"], seen["media"]!.AsArray().Select(url => Path.GetFileName((string)url!)));
        Assert.Equal("123", (string?)seen["fields"]!["location_id"]);
        Assert.Equal("CAROUSEL_ALBUM", (string?)seen["media_type"]);
    }

    [Fact]
    public async Task A_reel_takes_cover_frame_and_stays_out_of_the_feed_when_asked()
    {
        var (_, seen) = await OutAsync(new("reel", "instagram", "reel", "clip.mp4") { Options = """{"cover_frame_ms":1500,"share_to_feed":false,"collaborators":["ana"]}""" });
        Assert.Equal(("REELS", "1500", "false", """["ana"]"""), ((string?)seen["media_product_type"], (string?)seen["fields"]!["thumb_offset"], (string?)seen["fields"]!["share_to_feed"], (string?)seen["fields"]!["collaborators"]));
    }

    [Fact]
    public async Task Photos_of_a_page_are_one_post_with_their_alternative_texts()
    {
        var (_, seen) = await OutAsync(new("photos", "facebook", "carousel", "photo.jpg", "photo.jpg") { Options = """{"alt_texts":["the pool","the sea"]}""" });
        Assert.Equal(["the pool", "the sea"], seen["alt_texts"]!.AsArray().Select(text => (string?)text));
    }

    [Fact]
    public async Task A_text_of_a_page_carries_its_link()
    {
        var (_, seen) = await OutAsync(new("link", "facebook", "post") { LinkUrl = "https://example.com/villa" });
        Assert.Equal("https://example.com/villa", (string?)seen["link"]);
    }

    [Fact]
    public async Task TikTok_gets_privacy_level_disclosure_and_what_the_creator_switched_off()
    {
        var (_, seen) = await OutAsync(new("video", "tiktok", "video", "clip.mp4")
        {
            Options = """{"privacy_level":"MUTUAL_FOLLOW_FRIENDS","brand_organic_toggle":true,"disable_duet":true,"cover_frame_ms":900}""",
            Stub = new JsonObject { ["comment_disabled"] = true },
        });
        var info = seen["post_info"]!;
        Assert.Equal(
            ("MUTUAL_FOLLOW_FRIENDS", true, false, true, true, false, 900),
            ((string?)info["privacy_level"], (bool)info["brand_organic_toggle"]!, (bool)info["brand_content_toggle"]!, (bool)info["disable_duet"]!, (bool)info["disable_comment"]!, (bool)info["disable_stitch"]!, (int)info["video_cover_timestamp_ms"]!));
    }

    [Fact]
    public async Task A_private_TikTok_is_published_although_it_never_gets_an_id()
    {
        var (post, _) = await OutAsync(new("private", "tiktok", "video", "clip.mp4") { Options = """{"privacy_level":"SELF_ONLY"}""" });
        Assert.True(await fixture.Product.QueryAsync<bool>("select external_post_id is null from marketing.social_posts where id = $1", post.Id));
    }

    [Theory]
    [InlineData("instagram", "reel", "clip.mp4", null)]
    [InlineData("facebook", "video", "clip.mp4", null)]
    [InlineData("facebook", "reel", "clip.mp4", null)]
    [InlineData("tiktok", "video", "clip.mp4", """{"privacy_level":"PUBLIC_TO_EVERYONE"}""")]
    [InlineData("tiktok", "carousel", "photo.jpg", """{"privacy_level":"PUBLIC_TO_EVERYONE"}""")]
    public async Task A_platform_that_takes_its_time_is_waited_for(string platform, string type, string file, string? options) =>
        await OutAsync(new("slow", platform, type, type == "carousel" ? [file, file] : [file]) { Options = options, Stub = new JsonObject { ["processing_ms"] = 1500, ["moderation_ms"] = 1000 } });

    [Theory]
    [InlineData(null, "{}", "privacy level")]
    [InlineData("""{"privacy_level":"FOLLOWER_OF_CREATOR"}""", "{}", "does not offer FOLLOWER_OF_CREATOR")]
    [InlineData("""{"privacy_level":"SELF_ONLY","brand_content_toggle":true}""", "{}", "Branded content")]
    [InlineData("""{"privacy_level":"PUBLIC_TO_EVERYONE"}""", """{"is_unaudited":true}""", "unaudited_client_can_only_post_to_private_accounts")]
    [InlineData("""{"privacy_level":"PUBLIC_TO_EVERYONE"}""", """{"fail_reason":"spam_risk_text"}""", "spam_risk_text")]
    [InlineData("""{"privacy_level":"PUBLIC_TO_EVERYONE"}""", """{"fail_reason":"duration_check_failed"}""", "duration_check_failed")]
    [InlineData("""{"privacy_level":"PUBLIC_TO_EVERYONE"}""", """{"scopes":["video.list"]}""", "scope_not_authorized")]
    public async Task A_TikTok_that_cannot_go_out_says_why(string? options, string stub, string reason) =>
        await FailsAsync(new("refused", "tiktok", "video", "clip.mp4") { Options = options, Stub = JsonNode.Parse(stub)!.AsObject() }, reason);

    [Theory]
    [InlineData("facebook", "carousel", "clip.mp4", "several photos or one video")]
    [InlineData("facebook", "reel", "photo.jpg", "needs a video")]
    [InlineData("instagram", "live", "clip.mp4", "no post of type 'live'")]
    [InlineData("facebook", "video", "fake.mp4", "format that we don't support")]
    [InlineData("instagram", "reel", "fake.mp4", "2207026")]
    [InlineData("tiktok", "video", "fake.mp4", "file_format_check_failed")]
    public async Task A_post_that_the_platform_does_not_take_says_why(string platform, string type, string file, string reason) =>
        await FailsAsync(new("refused", platform, type, type == "carousel" ? [file, file] : [file]) { Options = """{"privacy_level":"PUBLIC_TO_EVERYONE"}""" }, reason);

    [Theory]
    [InlineData("instagram", "post", "photo.jpg", """{"calls_per_hour":1}""", "code 80002")]
    [InlineData("facebook", "post", "photo.jpg", """{"calls_per_hour":1}""", "code 80001")]
    [InlineData("tiktok", "video", "clip.mp4", """{"refuse":"spam_risk_too_many_posts"}""", "spam_risk_too_many_posts")]
    public async Task A_throttled_post_waits_for_as_long_as_the_platform_says(string platform, string type, string file, string stub, string reason)
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(new("throttled", platform, type, file) { Options = """{"privacy_level":"PUBLIC_TO_EVERYONE"}""", Stub = JsonNode.Parse(stub)!.AsObject() });
        await PlatformFixture.ClaimAsync(worker);
        for (var i = 0; i < 3; i++) await PlatformFixture.RunAsync(worker, post);
        Assert.Equal("publishing", await fixture.StatusAsync(post));
        Assert.True(
            await fixture.Product.QueryAsync<bool>("select exists (select from marketing_ops.publish_attempts where post_id = $1 and state = 'retry' and detail like '%' || $2 || '%' and next_at > now() + interval '30 seconds')", post.Id, reason),
            await fixture.AttemptsAsync(post));
    }

    private async Task<(DuePost Post, JsonNode Seen)> OutAsync(PlatformCase kind)
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(kind);
        await PlatformFixture.ClaimAsync(worker);
        await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30));
        Assert.True(await fixture.StatusAsync(post) == "published", await fixture.AttemptsAsync(post));
        return (post, Assert.Single(post.Among(await fixture.PublishedAsync())));
    }

    private async Task FailsAsync(PlatformCase kind, string reason)
    {
        await using var worker = fixture.Worker();
        var post = await fixture.DuePostAsync(kind);
        await PlatformFixture.ClaimAsync(worker);
        await fixture.PublishAllAsync(worker, [post], TimeSpan.FromSeconds(30));
        Assert.Equal("failed", await fixture.StatusAsync(post));
        Assert.Contains(reason, await fixture.AttemptsAsync(post), StringComparison.Ordinal);
        Assert.Empty(post.Among(await fixture.PublishedAsync()));
    }
}
