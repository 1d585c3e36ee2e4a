using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Http;

/// <summary><c>GET</c>, <c>PATCH</c>, <c>PUT</c> and <c>DELETE /api/{table}/{id}</c>.</summary>
internal static class ItemEndpoints
{
    /// <summary>Media types that a PATCH takes.</summary>
    public const string PatchTypes = "application/json, application/merge-patch+json, application/json-patch+json";

    /// <summary>One row.</summary>
    public static async Task ReadAsync(ResourceRequest request)
    {
        var (http, key) = (request.Context, request.Key);
        if (http.Request.QueryString.HasValue && http.Request.Query.Keys.FirstOrDefault(name => name != "select" && !name.Contains('.', StringComparison.Ordinal)) is { } unknown)
            throw QueryProblems.Refuse(unknown, "unknown_parameter", $"A single row takes no parameter but select and those of related rows. Remove '{QueryText.Shorten(unknown)}'.");
        var plan = request.Plan;
        if (plan.Query.IsGrouped) throw QueryProblems.Refuse("select", "invalid_select", "A single row has no aggregates. Ask the list.");
        var item = await request.Service<ReadItem>().RunAsync(plan, key, request.Aborted) ?? throw new ProblemException(Problem.NotFound(request.Resource.Table, key.Text));
        http.Response.Headers.ETag = item.ETag;
        // The tag tells nothing of related rows.
        var isKnown = !plan.Query.Embeddings.Any() && ETag.IsKnown(http.Request.Headers.IfNoneMatch, item.ETag);
        if (isKnown) http.Response.StatusCode = StatusCodes.Status304NotModified;
        else await ListEndpoint.SendAsync(http, StatusCodes.Status200OK, item.Json, Negotiate.Run(http.Request) == AnswerFormat.SingleObject ? AnswerFormat.SingleObject : AnswerFormat.Json);
    }

    /// <summary>Changes the columns that the body names.</summary>
    public static async Task UpdateAsync(ResourceRequest request)
    {
        var (http, resource, key) = (request.Context.Request, request.Resource, request.Key);
        DemandPrecondition(request);
        var access = request.To(TableAction.Update);
        var body = await RequestBody.ReadAsync(http, RequestJson.MaxBytes, request.Aborted);
        var writer = request.Service<WriteRows>();
        var operation = ReadPatch.Run(http.ContentType, body, access, writer.Store(resource)) with { Key = key, IfMatch = http.Headers.IfMatch };
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var outcomes = await writer.AllAsync(session, request.Access, resource, [operation], null, request.Aborted);
            return request.Prefer.Return == ReturnMode.Minimal ? WriteAnswer.Empty(StatusCodes.Status204NoContent) : await WriteAnswer.RowAsync(request, session, StatusCodes.Status200OK, outcomes[0].Id);
        });
    }

    /// <summary>Writes a whole row: what the body leaves out is emptied. A uuid that names no row makes one.</summary>
    public static Task PutAsync(ResourceRequest request) => PutAsync(request, request.Key);

    /// <summary>Writes a whole row under a key.</summary>
    public static async Task PutAsync(ResourceRequest request, RowKey key)
    {
        var (http, resource) = (request.Context.Request, request.Resource);
        DemandPrecondition(request);
        var access = request.To(TableAction.Update);
        if (!http.HasJsonContentType()) throw new ProblemException(Problem.UnsupportedMediaType("application/json"));
        var body = await RequestBody.ReadAsync(http, RequestJson.MaxBytes, request.Aborted);
        var writer = request.Service<WriteRows>();
        using var json = RequestJson.ToObject(RequestJson.Parse(body));
        var (row, set, errors) = new ParseRow(access, writer.Store(resource), keys: resource.BusinessId is { } businessId ? [resource.Key, businessId] : [resource.Key]).Json(json.RootElement);
        if ((set & TableStore.Bit(key.Column)) != 0 && !key.Value.Equals(key.Column.Accessor.Get(row)))
            errors.Add(new FieldError(key.Column.Name, "invalid_value", $"{key.Column.Name} must be the one that the address names, or be left out."));
        if (errors.Count > 0) throw new ProblemException(ParseRow.Refused(errors));
        key.Column.Accessor.Set(row, key.Value);
        set |= TableStore.Bit(key.Column);
        // Columns with a default keep it; the others are emptied.
        foreach (var column in access.Columns.Where(column => column is { Access: ColumnAccess.ReadWrite, IsNullable: true, HasDefault: false })) set |= TableStore.Bit(column);

        var isUuid = key.Column == resource.Key;
        var operation = new RowOperation(isUuid ? OperationKind.Upsert : OperationKind.Update) { Key = isUuid ? null : key, Values = row, Set = set, IfMatch = http.Headers.IfMatch };
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var outcomes = await writer.AllAsync(session, request.Access, resource, [operation], null, request.Aborted);
            var status = outcomes[0].Done == WriteKind.Create ? StatusCodes.Status201Created : StatusCodes.Status200OK;
            return request.Prefer.Return == ReturnMode.Minimal ? WriteAnswer.Empty(status == 201 ? 201 : StatusCodes.Status204NoContent) : await WriteAnswer.RowAsync(request, session, status, outcomes[0].Id);
        });
    }

    /// <summary>Removes the row.</summary>
    public static async Task DeleteAsync(ResourceRequest request)
    {
        DemandPrecondition(request);
        request.To(TableAction.Delete);
        var operation = new RowOperation(OperationKind.Delete) { Key = request.Key, IfMatch = request.Context.Request.Headers.IfMatch };
        await WriteAnswer.RunAsync(request, default, async session =>
        {
            await request.Service<WriteRows>().AllAsync(session, request.Access, request.Resource, [operation], null, request.Aborted);
            return WriteAnswer.Empty(StatusCodes.Status204NoContent);
        });
    }

    private static void DemandPrecondition(ResourceRequest request)
    {
        if (request.Resource.Description.DemandsIfMatch && request.Context.Request.Headers.IfMatch.Count == 0)
            throw new ProblemException(new Problem(428, "precondition_required", $"Rows of {request.Resource.Table} are written by several hands. Read the row first and send its ETag as If-Match."));
    }
}
