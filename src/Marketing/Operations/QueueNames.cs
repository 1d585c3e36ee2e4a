namespace Marketing.Operations;

/// <summary>The storage queues between functions. Each message is the id of one row.</summary>
public static class QueueNames
{
    /// <summary>Posts to publish: ids of <c>marketing.social_posts</c>.</summary>
    public const string PublishPost = "publish-post";

    /// <summary>Webhook deliveries to process: ids of <c>marketing_ops.webhook_inbox</c>.</summary>
    public const string ProcessWebhook = "process-webhook";

    /// <summary>Files to fetch into the library: ids of <c>marketing_ops.asset_uploads</c>.</summary>
    public const string ImportFile = "import-file";

    /// <summary>Segments to refresh: ids of <c>marketing.segments</c>.</summary>
    public const string SegmentRefresh = "segment-refresh";

    /// <summary>Campaigns to send by email: ids of <c>marketing.campaigns</c>.</summary>
    public const string SendCampaign = "send-campaign";

    /// <summary>Accounts whose figures are due: ids of <c>marketing.social_accounts</c>.</summary>
    public const string PullInsights = "pull-insights";

    /// <summary>Where the Functions host puts blobs whose function kept failing.</summary>
    public const string PoisonBlobs = "webjobs-blobtrigger-poison";
}
