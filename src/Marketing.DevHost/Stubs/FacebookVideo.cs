using System.Text.Json.Nodes;

namespace Marketing.DevHost.Stubs;

/// <summary>A video, reel or video story and how far it is.</summary>
internal sealed record FacebookVideo(string Page, string Kind, string Session)
{
    public long Size { get; set; }

    public long Received { get; set; }

    public bool IsVideo { get; set; }

    public string? Url { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public DateTimeOffset ReadyAt { get; set; }

    // A processing error stands inside its phase while the video is still called processing; "complete" and "completed" both occur.
    public JsonObject Status
    {
        get
        {
            var isComplete = Received > 0 && Received >= Size;
            var isReady = FinishedAt is not null && DateTimeOffset.UtcNow >= ReadyAt;
            var processing = new JsonObject { ["status"] = FinishedAt is null ? "not_started" : isReady && IsVideo ? "completed" : "in_progress" };
            if (isReady && !IsVideo) processing["error"] = new JsonObject { ["message"] = "The video file you selected is in a format that we don't support." };
            var publishing = new JsonObject { ["status"] = isReady && IsVideo ? "complete" : "not_started" };
            if (isReady && IsVideo) publishing["publish_status"] = "published";
            return new JsonObject
            {
                ["video_status"] = isReady && IsVideo ? "ready" : FinishedAt is not null ? "processing" : isComplete ? "upload_complete" : "uploading",
                ["uploading_phase"] = new JsonObject { ["status"] = isComplete ? "complete" : Received > 0 ? "in_progress" : "not_started", ["bytes_transfered"] = Received },
                ["processing_phase"] = processing,
                ["publishing_phase"] = publishing,
            };
        }
    }
}
