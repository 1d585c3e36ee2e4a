namespace Marketing.IntegrationTests.Social.Insights;

/// <summary>What each platform tells of a post, and what our columns hold of it; what it does not tell is null and not 0.</summary>
public static class ToldFigures
{
    public static TheoryData<string, string, string, string> OfPosts { get; } = new()
    {
        {
            "instagram", "reel", """{"insights":{"POST":{"views":1200,"reach":1000,"likes":50,"comments":7,"shares":3,"saved":15,"total_interactions":75,"ig_reels_video_view_total_time":61500}}}""",
            """{"impressions":1200,"reach":1000,"engagement":75,"likes":50,"comments":7,"shares":3,"saves":15,"clicks":null,"video_views":1200,"watch_time_seconds":61,"engagement_rate":0.0750}"""
        },
        {
            "instagram", "post", """{"insights":{"POST":{"views":30,"reach":0,"likes":0,"comments":0,"shares":0,"saved":0,"total_interactions":0}}}""",
            """{"impressions":30,"reach":0,"engagement":0,"likes":0,"comments":0,"shares":0,"saves":0,"clicks":null,"video_views":null,"watch_time_seconds":null,"engagement_rate":null}"""
        },
        {
            "facebook", "post", """{"insights":{"POST":{"post_media_view":900,"post_total_media_view_unique":800,"post_clicks":12,"post_video_views":0,"post_video_view_time":0}},"nodes":{"POST":{"comments":{"summary":{"total_count":4}},"reactions":{"summary":{"total_count":20}}}}}""",
            """{"impressions":900,"reach":800,"engagement":36,"likes":20,"comments":4,"shares":0,"saves":null,"clicks":12,"video_views":0,"watch_time_seconds":0,"engagement_rate":0.0450}"""
        },
        {
            "tiktok", "video", """{"videos":{"POST":{"like_count":10,"comment_count":2,"share_count":1,"view_count":52}}}""",
            """{"impressions":null,"reach":null,"engagement":13,"likes":10,"comments":2,"shares":1,"saves":null,"clicks":null,"video_views":52,"watch_time_seconds":null,"engagement_rate":0.2500}"""
        },
        {
            "twitter", "post", """{"tweets":{"POST":{"public_metrics":{"retweet_count":2,"reply_count":3,"like_count":40,"quote_count":1,"bookmark_count":5,"impression_count":1000},"non_public_metrics":{"url_link_clicks":9,"user_profile_clicks":1,"engagements":61},"attachments":{"media_keys":["7_1"]}}},"media":[{"media_key":"7_1","public_metrics":{"view_count":300}}]}""",
            """{"impressions":1000,"reach":null,"engagement":61,"likes":40,"comments":3,"shares":3,"saves":5,"clicks":9,"video_views":300,"watch_time_seconds":null,"engagement_rate":0.0610}"""
        },
        {
            "linkedin", "post", """{"shares":{"POST":{"uniqueImpressionsCount":800,"impressionCount":1000,"clickCount":50,"likeCount":20,"commentCount":5,"shareCount":3,"engagement":0.078}}}""",
            """{"impressions":1000,"reach":800,"engagement":78,"likes":20,"comments":5,"shares":3,"saves":null,"clicks":50,"video_views":null,"watch_time_seconds":null,"engagement_rate":0.0780}"""
        },
        {
            "youtube", "video", """{"reports":{"POST":[{"day":"TODAY","views":100,"estimatedMinutesWatched":30,"likes":8,"comments":1,"shares":1}]}}""",
            """{"impressions":null,"reach":null,"engagement":10,"likes":8,"comments":1,"shares":1,"saves":null,"clicks":null,"video_views":100,"watch_time_seconds":1800,"engagement_rate":0.1000}"""
        },
        {
            "pinterest", "post", """{"pins":{"POST":[{"date":"TODAY","data_status":"READY","metrics":{"IMPRESSION":240,"SAVE":6,"PIN_CLICK":3,"OUTBOUND_CLICK":3,"VIDEO_MRC_VIEW":0,"VIDEO_V50_WATCH_TIME":2500}}]}}""",
            """{"impressions":240,"reach":null,"engagement":12,"likes":null,"comments":null,"shares":null,"saves":6,"clicks":3,"video_views":0,"watch_time_seconds":2,"engagement_rate":0.0500}"""
        },
    };
}
