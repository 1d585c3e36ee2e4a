using System.Text.Json;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.Facebook;

/// <summary>
/// The field <c>status</c> of a video. Phases end as <c>complete</c> or <c>completed</c>: the documentation shows both. A failure can
/// stand in a phase while the video itself is still called processing. Source: Graph API, "Video", field status (2026).
/// </summary>
internal readonly record struct FacebookVideoStatus(JsonElement Status)
{
    /// <summary>Facebook has all bytes.</summary>
    public bool IsUploaded => IsComplete("uploading_phase") || Status.Text("video_status") is "upload_complete" or "processing" or "ready";

    /// <summary>Bytes are coming in.</summary>
    public bool IsUploading => Status.Child("uploading_phase").Text("status") == "in_progress";

    /// <summary>It is visible.</summary>
    public bool IsPublished => Status.Child("publishing_phase").Text("publish_status") == "published" || IsComplete("publishing_phase");

    /// <summary>It was finished, and Facebook works on it before it shows it.</summary>
    public bool IsAtWork => Status.Child("processing_phase").Text("status") == "in_progress" || Status.Child("publishing_phase").Text("status") == "in_progress";

    /// <summary>Why it will never be visible; null when it may.</summary>
    public string? Error
    {
        get
        {
            foreach (var phase in new[] { "uploading_phase", "processing_phase", "publishing_phase" })
                if (Status.Child(phase).Child("error").Text("message") is { } message) return message;
            return Status.Text("video_status") is "error" or "upload_failed" or "expired" ? $"The video is in the state {Status.Text("video_status")}." : null;
        }
    }

    private bool IsComplete(string phase) => Status.Child(phase).Text("status") is "complete" or "completed";
}
