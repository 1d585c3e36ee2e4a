using System.Text.Json;
using Marketing.Data;
using Marketing.Social.Preflight;

namespace Marketing.Tests.Social;

public sealed class PreflightRulesTests
{
    private static readonly MediaFacts Photo = new("https://media.example.com/pool.jpg", "ASSET-010001", "image", "image/jpeg", 900_000, 1080, 1080, null, "The pool", IsUsable: true);
    private static readonly MediaFacts Film = new("https://media.example.com/pool.mp4", "ASSET-010002", "video", "video/mp4", 9_000_000, 1080, 1920, 20, null, IsUsable: true);

    // The vectors of twitter-text, configuration 3.
    [Theory]
    [InlineData("Hello, world! 👋", 16)]
    [InlineData("Hello — “world”…", 17)]
    [InlineData("https://example.com/very/long/path?x=1 ok", 26)]
    [InlineData("👨‍👩‍👧‍👦", 2)]
    [InlineData("🏳️‍🌈", 2)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("see casadomar.com now", 31)]
    public void X_weighs_text_as_it_does_itself(string text, int weight) => Assert.Equal(weight, CountCaption.Run(text, CaptionUnit.Weighted));

    [Fact]
    public void X_takes_280_letters_or_140_ideographs()
    {
        Assert.Equal(280, CountCaption.Run(new string('a', 280), CaptionUnit.Weighted));
        Assert.Equal(280, CountCaption.Run(new string('海', 140), CaptionUnit.Weighted));
    }

    [Theory]
    [InlineData("👋", "Utf16", 2)]
    [InlineData("👋", "Utf8Bytes", 4)]
    [InlineData("São", "Utf8Bytes", 4)]
    public void The_others_count_units_or_bytes(string text, string unit, int length) => Assert.Equal(length, CountCaption.Run(text, Enum.Parse<CaptionUnit>(unit)));

    [Theory]
    [InlineData("instagram", 2200)]
    [InlineData("tiktok", 2200)]
    [InlineData("twitter", 280)]
    [InlineData("linkedin", 3000)]
    [InlineData("pinterest", 800)]
    [InlineData("youtube", 5000)]
    [InlineData("facebook", 63206)]
    public void A_caption_may_be_as_long_as_the_platform_says_and_no_longer(string platform, int max)
    {
        Assert.DoesNotContain(Errors(platform, Fitting(platform) with { Caption = new string('a', max) }), finding => finding.Rule == "caption_too_long");
        var finding = Assert.Single(Errors(platform, Fitting(platform) with { Caption = new string('a', max + 1) }), finding => finding.Rule == "caption_too_long");
        Assert.Equal((max + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), finding.Actual);
        Assert.Contains("by 1", finding.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("instagram")]
    [InlineData("facebook")]
    [InlineData("tiktok")]
    [InlineData("youtube")]
    [InlineData("twitter")]
    [InlineData("linkedin")]
    [InlineData("pinterest")]
    public void A_post_that_fits_has_no_error(string platform) => Assert.Empty(Errors(platform, Fitting(platform)));

    [Fact]
    public void What_no_platform_can_do_is_said_with_the_reason()
    {
        foreach (var rules in KnownPlatforms.All.Values) Assert.Contains("Live streams", rules.Refusal("live"), StringComparison.Ordinal);
        Assert.Contains("Use post or carousel or reel or story", KnownPlatforms.All["instagram"].Refusal("video"), StringComparison.Ordinal);
    }

    [Fact]
    public void Media_are_measured_and_the_fix_names_a_rendition()
    {
        var wide = Photo with { Width = 3000, Height = 1000, MimeType = "image/png", Bytes = 9_000_000 };
        var findings = Errors("instagram", Fitting("instagram") with { Media = [wide] });
        Assert.Equal(["media_format", "media_too_large", "aspect_ratio"], findings.Select(finding => finding.Rule));
        Assert.Contains("instagram_portrait", findings[2].Fix, StringComparison.Ordinal);
        Assert.Equal("0.8 to 1.91", findings[2].Limit);
        Assert.Equal("media_kind", Assert.Single(Errors("instagram", Fitting("instagram") with { Media = [Film] })).Rule);
        Assert.Equal("video_duration", Assert.Single(Errors("instagram", Fitting("instagram") with { Type = "reel", Media = [Film with { Seconds = 1000 }] })).Rule);
        Assert.Equal("media_count", Assert.Single(Errors("instagram", Fitting("instagram") with { Type = "carousel" })).Rule);
        Assert.Equal("asset_not_usable", Assert.Single(Errors("instagram", Fitting("instagram") with { Media = [Photo with { IsUsable = false }] })).Rule);
    }

    [Fact]
    public void Hashtags_and_mentions_are_counted_in_the_text_as_it_goes_out()
    {
        var tags = string.Join(' ', Enumerable.Range(0, 31).Select(number => $"#tag{number}"));
        Assert.Equal("too_many_hashtags", Assert.Single(Errors("instagram", Fitting("instagram") with { Caption = tags })).Rule);
        var names = string.Join(' ', Enumerable.Range(0, 21).Select(number => $"@name{number}"));
        Assert.Equal("too_many_mentions", Assert.Single(Errors("instagram", Fitting("instagram") with { Caption = names })).Rule);
    }

    [Theory]
    [InlineData("tiktok", """{"privacy_levl":"SELF_ONLY","privacy_level":"SELF_ONLY"}""", "unknown_option", "Did you mean privacy_level?")]
    [InlineData("tiktok", """{"privacy_level":"EVERYBODY"}""", "invalid_option", "PUBLIC_TO_EVERYONE")]
    [InlineData("tiktok", """{}""", "option_required", "privacy_level")]
    [InlineData("tiktok", """{"privacy_level":"SELF_ONLY","brand_content_toggle":true}""", "branded_content_private", "another privacy_level")]
    [InlineData("youtube", """{"title":"a < b","made_for_kids":false}""", "invalid_title", "without < and >")]
    [InlineData("youtube", """{"title":"Dusk"}""", "option_required", "made_for_kids")]
    [InlineData("pinterest", """{"title":"Dusk"}""", "option_required", "board_id")]
    [InlineData("tiktok", """{"privacy_level":"SELF_ONLY","post_mode":"MEDIA_UPLOAD"}""", "unknown_option", "post_mode")]
    [InlineData("instagram", """{"user_tags":["casa.azul"]}""", "invalid_option", "people with their places")]
    [InlineData("instagram", """{"user_tags":[{"username":"casa.azul","x":2}]}""", "invalid_option", "from 0 to 1")]
    [InlineData("facebook", """{"location_id":"1"}""", "unknown_option", "location_id")]
    [InlineData("linkedin", """{"organization":"urn:li:organization:1"}""", "unknown_option", "organization")]
    public void Options_are_checked_by_name_value_and_need(string platform, string options, string rule, string fix) =>
        Assert.Contains(fix, Assert.Single(Errors(platform, Fitting(platform) with { Options = options }), finding => finding.Rule == rule).Fix, StringComparison.Ordinal);

    // What the publishers read.
    [Theory]
    [InlineData("instagram", """{"first_comment":"#villa","is_ai_generated":true,"cover_frame_ms":1500,"cover_url":"https://media.example.com/c.jpg","share_to_feed":true,"collaborators":["casa"],"location_id":"1","user_tags":[{"username":"casa.azul","x":0.5,"y":1}],"alt_texts":["The pool"]}""")]
    [InlineData("facebook", """{"first_comment":"#villa","title":"Dusk","alt_texts":["The pool"]}""")]
    [InlineData("tiktok", """{"privacy_level":"SELF_ONLY","title":"Dusk","is_ai_generated":true,"cover_frame_ms":1,"cover_index":0,"disable_comment":true,"disable_duet":true,"disable_stitch":true,"brand_organic_toggle":true,"auto_add_music":true}""")]
    [InlineData("youtube", """{"title":"Dusk","made_for_kids":false,"privacy_status":"unlisted","category_id":"19","tags":["villa"],"embeddable":true,"notify_subscribers":false,"is_ai_generated":false,"cover_url":"https://media.example.com/c.jpg"}""")]
    [InlineData("twitter", """{"reply_settings":"following","paid_partnership":true,"is_ai_generated":true}""")]
    [InlineData("linkedin", """{"visibility":"PUBLIC","disable_reshare":true,"title":"Dusk","description":"By the pool"}""")]
    [InlineData("pinterest", """{"board_id":"549755885175","board_section_id":"1","title":"Dusk","cover_frame_ms":1,"cover_url":"https://media.example.com/c.jpg"}""")]
    public void Options_of_each_platform_are_taken(string platform, string options) => Assert.Empty(Errors(platform, Fitting(platform) with { Options = options }));

    [Fact]
    public void A_disconnected_account_and_a_pause_are_told()
    {
        var account = new AccountFacts(Guid.NewGuid(), "SA-010001", "instagram", "disconnected", IsConnected: true, null, null, IsPaused: true);
        Assert.Equal(["disconnected", "paused"], AccountRules.Check(Draft("instagram", Fitting("instagram")) with { Account = account }).Select(finding => finding.Rule));
    }

    private static List<Finding> Errors(string platform, Sample sample)
    {
        var draft = Draft(platform, sample);
        return [.. MediaRules.Check(draft).Concat(CaptionRules.Check(draft)).Concat(OptionRules.Check(draft)).Where(finding => finding.Severity == Finding.IsError)];
    }

    private static Draft Draft(string platform, Sample sample)
    {
        using var options = JsonDocument.Parse(sample.Options);
        var post = new SocialPost { PostType = sample.Type, Caption = sample.Caption, MediaUrls = [.. sample.Media.Select(media => media.Url)] };
        return new Draft(post, options.RootElement.Clone(), null, KnownPlatforms.All[platform]) { Media = sample.Media };
    }

    private static Sample Fitting(string platform) => platform switch
    {
        "tiktok" => new("video", "By the pool", [Film], """{"privacy_level":"PUBLIC_TO_EVERYONE"}"""),
        "youtube" => new("video", "By the pool", [Film], """{"title":"Dusk","made_for_kids":false}"""),
        "pinterest" => new("post", "By the pool", [Photo], """{"board_id":"549755885175"}"""),
        _ => new("post", "By the pool", [Photo], "{}"),
    };

    private sealed record Sample(string Type, string Caption, MediaFacts[] Media, string Options);
}
