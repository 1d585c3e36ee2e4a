using System.Globalization;
using System.Text.Json.Nodes;

namespace Marketing.DevHost.Stubs;

/// <summary>What one opening call became: its bytes, its state, its post.</summary>
internal sealed record TikTokJob(
    string PublishId, string Number, string Creator, string Caption, string PrivacyLevel, IReadOnlyList<string> Media, bool IsPhoto, JsonObject Request, long Size, long Chunk, long Count, long PostId)
{
    private TimeSpan moderation;

    public string Secret { get; init; } = "";

    public DateTimeOffset At { get; } = DateTimeOffset.UtcNow;

    public long Bytes { get; set; }

    public long Parts { get; set; }

    public string? FailReason { get; set; }

    public DateTimeOffset? CompleteAt { get; private set; }

    public bool IsOver => CompleteAt <= DateTimeOffset.UtcNow;

    public bool IsComplete => IsOver && FailReason is null;

    public bool IsNamed => IsComplete && PrivacyLevel == "PUBLIC_TO_EVERYONE" && CompleteAt + moderation <= DateTimeOffset.UtcNow;

    public bool IsListed => IsNamed && !IsPhoto;

    /// <summary>All bytes are there: the job goes on by itself.</summary>
    public void Arrived(TikTokCreator creator)
    {
        FailReason ??= creator.Setting("fail_reason");
        moderation = TimeSpan.FromMilliseconds((int?)creator.Settings["moderation_ms"] ?? 0);
        CompleteAt = DateTimeOffset.UtcNow.AddMilliseconds(creator.ProcessingMs);
    }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["status"] = !IsOver ? Size > 0 ? "PROCESSING_UPLOAD" : "PROCESSING_DOWNLOAD" : FailReason is null ? "PUBLISH_COMPLETE" : "FAILED",
            ["publicaly_available_post_id"] = IsNamed ? new JsonArray(JsonValue.Create(PostId)) : [],
            [Size > 0 ? "uploaded_bytes" : "downloaded_bytes"] = Bytes,
        };
        if (IsOver && FailReason is not null) status["fail_reason"] = FailReason;
        return status;
    }

    public JsonObject ToVideo() => new()
    {
        ["id"] = PostId.ToString(CultureInfo.InvariantCulture),
        ["create_time"] = CompleteAt!.Value.ToUnixTimeSeconds(),
        ["video_description"] = Caption.Length > 150 ? Caption[..150] : Caption,
        ["title"] = Caption.Length > 150 ? Caption[..150] : Caption,
        ["share_url"] = $"https://www.tiktok.com/@user{Creator}/video/{PostId}",
    };

    public JsonObject ToPost() => new()
    {
        ["id"] = PostId.ToString(CultureInfo.InvariantCulture),
        ["platform"] = "tiktok",
        ["account"] = Creator,
        ["caption"] = Caption,
        ["publish_id"] = PublishId,
        ["privacy_level"] = PrivacyLevel,
        ["media"] = new JsonArray([.. Media.Select(url => JsonValue.Create(url))]),
        ["bytes"] = Bytes,
        ["post_info"] = Request["post_info"]?.DeepClone(),
    };
}
