using System.Globalization;
using System.Text.Json;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources.Http;
using Marketing.Resources.Writing;
using Marketing.Social.Preflight;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Marketing.Social.Posts;

/// <summary>
/// <c>POST /api/social_posts/{id}/publish_now</c>, <c>…/cancel</c>, <c>…/retry</c>, <c>…/reschedule</c>. Retrying is safe: a post that may be out
/// already goes on by reading the platform.
/// </summary>
internal static class PostActionEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("social_posts/{id}/publish_now", (RequestDelegate)PublishNowAsync).RequireScope(Scopes.Publish);
        api.MapPost("social_posts/{id}/cancel", (RequestDelegate)CancelAsync).RequireScope(Scopes.Publish);
        api.MapPost("social_posts/{id}/retry", (RequestDelegate)RetryAsync).RequireScope(Scopes.Publish);
        api.MapPost("social_posts/{id}/reschedule", (RequestDelegate)RescheduleAsync).RequireScope(Scopes.Publish);
    }

    private static Task PublishNowAsync(HttpContext context) => RunAsync(context, async (request, session, now, _) =>
    {
        var post = await StateAsync(session.Connection, await LockPost.RunAsync(request, session), request.Aborted);
        if (!new PostState(post.Status, post.Approval).IsOpen) throw Closed(post.Status);
        DemandApproval(post, now);
        if (!post.MayBeOut) await DemandPublishableAsync(request, post.Id);
        await ScheduleAsync(request, session, now);
        return post.Id;
    });

    private static Task RetryAsync(HttpContext context) => RunAsync(context, async (request, session, now, _) =>
    {
        var post = await StateAsync(session.Connection, await LockPost.RunAsync(request, session), request.Aborted);
        if (post.Status != PostStatus.Failed) throw new ProblemException(Problem.Conflict("not_failed", $"The post is {post.Status}; only a failed one is retried."));
        DemandApproval(post, now);
        if (!post.MayBeOut) await DemandPublishableAsync(request, post.Id);
        await ScheduleAsync(request, session, now);
        return post.Id;
    });

    private static Task RescheduleAsync(HttpContext context) => RunAsync(context, async (request, session, now, body) =>
    {
        if (request.Context.Request.Headers.IfMatch.Count == 0)
            throw new ProblemException(new Problem(428, "precondition_required", "Somebody else may have moved the post. Read it and send its ETag as If-Match."));
        if (!body.TryGetProperty("scheduled_at", out var value) || value.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at) || !HasZone(value.GetString()!))
            throw new ProblemException(Problem.Unprocessable("invalid_time", "scheduled_at is a time with its zone.", new FieldError("scheduled_at", "invalid_value", "For example 2026-12-01T09:30:00+01:00.")));
        if (at < now) throw new ProblemException(Problem.Unprocessable("in_past", "scheduled_at lies in the past.", new FieldError("scheduled_at", "in_past", "Send a later time, or POST publish_now.")));
        var post = await StateAsync(session.Connection, await LockPost.RunAsync(request, session), request.Aborted);
        if (!new PostState(post.Status, post.Approval).IsOpen) throw Closed(post.Status);
        await ScheduleAsync(request, session, at);
        return post.Id;
    });

    // Before the platform has anything of it: afterwards only the platform can take a post back.
    private static Task CancelAsync(HttpContext context) => RunAsync(context, async (request, session, _, _) =>
    {
        var post = await StateAsync(session.Connection, await LockPost.RunAsync(request, session), request.Aborted);
        if (new PostState(post.Status, post.Approval).Next(PostAction.Cancel) is null) throw new ProblemException(Problem.Conflict("not_cancellable", $"The post is {post.Status}; only one that is scheduled, or waits to be published, is cancelled."));
        await using var command = new NpgsqlCommand("""
            with closed as (
                update marketing_ops.publish_jobs job set state = 'cancelled', reason = 'Cancelled by ' || $2 || '.', leased_until = null, lease_token = null
                where  post_id = $1 and state = 'open' and container_id is null and (leased_until is null or leased_until < now())
                and    not exists (select from marketing_ops.publish_attempts attempt where attempt.post_id = $1 and attempt.step = 'finalise' and attempt.state in ('started', 'unconfirmed', 'succeeded'))
                returning post_id)
            update marketing.social_posts post set status = 'draft' where post.id = $1 and (post.status = 'scheduled' or (post.status = 'publishing' and exists (select from closed)))
            """, session.Connection);
        command.Parameters.AddWithValue(post.Id);
        command.Parameters.AddWithValue(request.Caller.Name);
        if (await command.ExecuteNonQueryAsync(request.Aborted) == 0)
            throw new ProblemException(Problem.Conflict("too_late", "The post is at the platform at this moment, or a worker holds it. GET …/attempts tells how far it is; delete it on the platform when it is out."));
        await using var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { AuditLog.Command(session.Caller, session.OnBehalfOf, "social_posts", [new AuditLine("cancel", post.Id, $"{{\"status\":{{\"from\":\"{post.Status}\",\"to\":\"draft\"}}}}")]) } };
        await batch.ExecuteNonQueryAsync(request.Aborted);
        return post.Id;
    });

    private static async Task RunAsync(HttpContext context, Func<ResourceRequest, WriteSession, DateTimeOffset, JsonElement, Task<Guid>> act)
    {
        var request = SocialPostEndpoints.Request(context);
        request.To(TableAction.Update);
        var body = await RequestBody.ReadAsync(context.Request, RequestJson.MaxBytes, request.Aborted);
        using var json = RequestJson.ToObject(RequestJson.Parse(body.Length == 0 ? "{}"u8.ToArray() : body));
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var id = await act(request, session, request.Service<TimeProvider>().GetUtcNow(), json.RootElement);
            return await WriteAnswer.RowAsync(request, session, StatusCodes.Status200OK, id);
        });
    }

    // Through the table's own rules, so that no way around them exists.
    private static async Task ScheduleAsync(ResourceRequest request, WriteSession session, DateTimeOffset at)
    {
        var writer = request.Service<WriteRows>();
        var set = TableStore.Bit(request.Resource.Find("status")!) | TableStore.Bit(request.Resource.Find("scheduled_at")!);
        var operation = new RowOperation(OperationKind.Update) { Key = request.Key, Values = new SocialPost { Status = PostStatus.Scheduled, ScheduledAt = at.ToUniversalTime() }, Set = set };
        await writer.AllAsync(session, request.Access, request.Resource, [operation], null, request.Aborted);
    }

    private static async Task DemandPublishableAsync(ResourceRequest request, Guid id)
    {
        var errors = (await request.Service<RunPreflight>().StoredAsync(id, request.Aborted)).Errors.Select(finding => finding.ToFieldError()).ToList();
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("post_not_publishable", errors[0].Message, errors));
    }

    private static void DemandApproval(StoredPost post, DateTimeOffset at)
    {
        if (!post.IsApprovalValid) throw new ProblemException(Problem.Conflict("not_approved", "The post is not approved as it stands. Have it approved first: POST …/approval."));
        if (!new ApprovalWindow(post.NotBefore, post.NotAfter).Holds(at))
            throw new ProblemException(Problem.Conflict("outside_approved_window", $"The approval holds from {post.NotBefore:u} until {post.NotAfter:u}. Have the post approved for now: POST …/approval."));
    }

    private static ProblemException Closed(string status) => new(Problem.Conflict("post_closed", $"The post is {status}."));

    private static bool HasZone(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal) && text.Contains('T', StringComparison.Ordinal);

    private static async Task<StoredPost> StateAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce(post.status, 'draft'), post.approval_status,
                   post.approval_status = 'approved' and approval.content_hash is not distinct from marketing_ops.post_hash(post), approval.not_before, approval.not_after,
                   exists (select from marketing_ops.publish_attempts attempt where attempt.post_id = post.id and attempt.step = 'finalise' and attempt.state in ('started', 'unconfirmed'))
            from   marketing.social_posts post left join marketing_ops.post_approvals approval on approval.post_id = post.id where post.id = $1
            """, connection);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        DateTimeOffset? At(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
        return new StoredPost(id, reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), !reader.IsDBNull(2) && reader.GetBoolean(2), At(3), At(4), reader.GetBoolean(5));
    }

    private sealed record StoredPost(Guid Id, string Status, string? Approval, bool IsApprovalValid, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter, bool MayBeOut);
}
