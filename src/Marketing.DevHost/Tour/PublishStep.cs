using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.DevHost.Stubs;

namespace Marketing.DevHost.Tour;

/// <summary>A post that uses the photograph is scheduled, approved, and published by the timer and the queue.</summary>
internal sealed class PublishStep(TourClient api, Uri stubUrl, Narrator tell)
{
    public async Task RunAsync(JsonNode asset, CancellationToken cancellationToken)
    {
        tell.Chapter("A post goes out",
            "A post is written, scheduled and approved. The timer claims what is due, the queue hands it to a worker, the worker creates the "
            + "platform's container, waits until it is ready and publishes it: each step recorded before and after, so that a crash never posts twice. "
            + "The platform here is a stand-in that behaves like Instagram.");

        var content = await api.PostAsync("content", new JsonObject
        {
            ["title"] = "A morning by the pool",
            ["content_type"] = "social",
            ["content_body"] = "## Slow mornings\n\nCoffee, the sound of water, and *nothing* planned before noon.",
            ["author"] = "BENSON",
            ["ai_generated"] = true,
        }, cancellationToken);
        tell.Step($"created content {content["content_id"]}: {content["word_count"]} words, version {content["version"]}");
        tell.Fact("content_html", content["content_html"]?.GetValue<string>().ReplaceLineEndings(" "));

        var account = await api.PostAsync("social_accounts", new JsonObject
        {
            ["platform"] = "instagram",
            ["account_name"] = "Casa do Mar (tour)",
            ["handle"] = "@casadomar.example",
            ["external_account_id"] = TourAccount.Id,
            ["access_token"] = TourAccount.Token,
        }, cancellationToken);
        tell.Step($"connected account {account["social_account_id"]}; its token went in and does not come out: access_token is {(account.AsObject().ContainsKey("access_token") ? "SHOWN" : "absent from the answer")}");

        var due = DateTimeOffset.UtcNow.AddSeconds(5);
        var post = await api.PostAsync("social_posts", new JsonObject
        {
            ["account_id"] = account["id"]!.DeepClone(),
            ["content_id"] = content["id"]!.DeepClone(),
            ["post_type"] = "post",
            ["caption"] = "Slow mornings by the pool. #casadomar",
            ["media_urls"] = new JsonArray(asset["file_url"]!.DeepClone()),
            ["scheduled_at"] = due.ToString("O"),
            ["status"] = "scheduled",
        }, cancellationToken);
        var id = post["social_post_id"]!.GetValue<string>();
        tell.Step($"scheduled post {id} for {due:HH:mm:ss} UTC; unapproved, it would never go out");

        var approved = await api.PostAsync($"social_posts/{id}/approval", new JsonObject(), cancellationToken);
        tell.Step($"approved: approval_status is {approved["approval_status"]}");

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var published = await api.WaitForAsync($"social_posts/{id}", row => row["status"]?.GetValue<string>() is "published" or "failed", "the post to be published", TimeSpan.FromSeconds(120), cancellationToken);
        tell.Step($"{watch.Elapsed.TotalSeconds:0} s later:");
        foreach (var column in new[] { "status", "published_at", "external_post_id", "external_url" }) tell.Fact(column, published[column]);

        var attempts = await api.GetAsync($"social_posts/{id}/attempts", cancellationToken);
        tell.Step("what was tried (GET /api/social_posts/{id}/attempts):");
        foreach (var attempt in attempts.AsArray()) tell.Fact(attempt!["step"]!.GetValue<string>(), $"{attempt["state"]} {attempt["detail"]}");
        if (published["status"]!.GetValue<string>() != "published") throw new TourException($"The post {id} was not published.");

        using var http = new HttpClient();
        var posts = await http.GetFromJsonAsync<JsonArray>(new Uri(stubUrl, "/_stub/posts"), cancellationToken);
        var seen = posts!.Where(seen => seen!["id"]?.GetValue<string>() == published["external_post_id"]!.GetValue<string>()).ToList();
        tell.Step($"the platform has it {seen.Count} time(s): {seen.FirstOrDefault()?.ToJsonString(ReadableJson.Options)}");
        if (seen.Count != 1) throw new TourException("The platform must have the post exactly once.");

        var usage = await api.GetAsync($"content_usage?usage_id=eq.{post["id"]}&select=usage_type,content_id,library_asset_id", cancellationToken);
        tell.Step($"and content_usage remembers where content and photograph went: {usage.AsArray().Count} rows");
    }
}
