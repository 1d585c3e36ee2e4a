using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Marketing.Social.Platforms;
using Marketing.Social.Platforms.LinkedIn;
using Marketing.Social.Platforms.X;
using Marketing.Social.Platforms.YouTube;

namespace Marketing.Tests.Social;

/// <summary>What YouTube, X and LinkedIn make of a text, and what they give back.</summary>
public sealed class OtherPlatformTextsTests
{
    [Fact]
    public void Each_reserved_character_of_little_text_is_escaped() => Assert.Equal(
        @"Sale \(50%\) \#villa \@home \_now\_ a\|b \{x\} \[y\] \<z\> \~1 \* \\",
        LittleText.Escape(@"Sale (50%) #villa @home _now_ a|b {x} [y] <z> ~1 * \"));

    [Fact]
    public void Hashtags_of_little_text_are_templates() =>
        Assert.Equal(@"By the sea {hashtag|\#|pool\_side}, no\#tag", LittleText.Write("By the sea #pool_side, no#tag"));

    [Fact]
    public void Little_text_that_was_written_reads_as_it_was() => Gen.String[Gen.Char["ab é#@_(){}[]<>|~*\\\n👋"], 0, 60].Sample(text =>
        Assert.Equal(text, LittleText.Read(LittleText.Write(text))), iter: 20_000);

    [Fact]
    public void A_mention_of_little_text_reads_as_its_name() => Assert.Equal("With Casa do Mar", LittleText.Read("With @[Casa do Mar](urn:li:organization:123)"));

    [Fact]
    public void A_post_read_back_from_X_is_recognised()
    {
        var post = new XPost("1", "Pool &amp; sea &lt;3 https://t.co/abc https://t.co/pic", null, new XEntities(
            [new XUrl("https://t.co/abc", "https://example.com/villa/"), new XUrl("https://t.co/pic", "https://x.com/villas/status/1/photo/1")]));
        Assert.True(PostMatch.IsSame("Pool & sea <3 https://example.com/villa", post));
        Assert.False(PostMatch.IsSame("Pool & sea <3 https://example.com/villa2", post));
        Assert.False(PostMatch.IsSame("Pool & sea <3", post));
    }

    [Fact]
    public void A_long_post_is_compared_by_its_whole_text() =>
        Assert.True(PostMatch.IsSame(new string('a', 400), new XPost("1", new string('a', 270) + "… https://t.co/x", null, null, new XNote(new string('a', 400), null))));

    [Fact]
    public void A_link_is_added_to_the_text_of_X_once()
    {
        Assert.Equal("Open days\nhttps://example.com/a", XPublisher.Text(Target("Open days", "https://example.com/a")));
        Assert.Equal("See https://example.com/a now", XPublisher.Text(Target("See https://example.com/a now", "https://example.com/a")));
    }

    [Fact]
    public void A_videos_texts_keep_YouTubes_limits()
    {
        var target = Target("Villa <at> dusk\n" + string.Concat(Enumerable.Repeat("ação👋", 2000)), link: null, new JsonObject
        {
            ["tags"] = new JsonArray([.. Enumerable.Range(0, 100).Select(i => JsonValue.Create($"pool side {i}"))]),
        });
        var snippet = YouTubeMetadata.Snippet(target, "19");
        Assert.Equal("Villa ‹at› dusk", snippet.Title);
        Assert.True(Encoding.UTF8.GetByteCount(snippet.Description!) is > 4_990 and <= 5_000);
        Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(snippet.Description!)));
        Assert.True(snippet.Tags!.Sum(tag => tag.Length + (tag.Contains(' ', StringComparison.Ordinal) ? 2 : 0)) + snippet.Tags!.Count - 1 is > 450 and <= 500);
        Assert.Equal(YouTubeMetadata.Mark(target), snippet.Tags![0]);
        Assert.Equal(100, YouTubeMetadata.Snippet(Target(new string('t', 300), null), "19").Title!.Length);
        Assert.False(YouTubeMetadata.Status(target, "public").SelfDeclaredMadeForKids);
    }

    [Theory]
    [InlineData("5515715", "urn:li:organization:5515715")]
    [InlineData("urn:li:person:aBc1", "urn:li:person:aBc1")]
    [InlineData("aBc1", "urn:li:person:aBc1")]
    public void An_account_of_LinkedIn_is_an_author(string external, string urn) => Assert.Equal(urn, LinkedInPublisher.Author(new PublishTarget(external, "t", "", [], null)));

    [Fact]
    public void Settings_say_what_is_wrong_with_them()
    {
        Assert.Null(new YouTubeOptions().Problem());
        Assert.Null(new XOptions().Problem());
        Assert.Null(new LinkedInOptions().Problem());
        Assert.Null(new Marketing.Social.Platforms.Pinterest.PinterestOptions().Problem());
        Assert.Contains("Social:YouTube:PartBytes", new YouTubeOptions { PartBytes = 300_000 }.Problem(), StringComparison.Ordinal);
        Assert.Contains("Social:X:SegmentBytes", new XOptions { SegmentBytes = 6_000_000 }.Problem(), StringComparison.Ordinal);
        Assert.Contains("Social:LinkedIn:ApiVersion", new LinkedInOptions { ApiVersion = "202613" }.Problem(), StringComparison.Ordinal);
        Assert.Contains("Social:Pinterest:UploadTimeout", new Marketing.Social.Platforms.Pinterest.PinterestOptions { UploadTimeout = TimeSpan.FromHours(1) }.Problem(), StringComparison.Ordinal);
    }

    private static PublishTarget Target(string caption, string? link, JsonObject? options = null) =>
        new("1", "token", caption, [], null) { LinkUrl = link, PostId = Guid.Parse("0199c0de-0000-7000-8000-000000000001"), Options = new PostOptions(options ?? []) };
}
