using System.Buffers;
using System.Text.Json;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Http;

/// <summary><c>POST /api/{table}/bulk</c>: many operations of several kinds, each with its own precondition and its own result.</summary>
internal static class BulkEndpoint
{
    /// <summary>Runs the operations.</summary>
    public static async Task RunAsync(ResourceRequest request)
    {
        var (http, resource) = (request.Context.Request, request.Resource);
        if (!http.HasJsonContentType()) throw new ProblemException(Problem.UnsupportedMediaType("application/json"));
        var body = await RequestBody.ReadAsync(http, ReadRows.MaxBytes, request.Aborted);
        using var document = RequestJson.ToObject(RequestJson.Parse(body));
        var (isAtomic, conflict, items) = ReadEnvelope(resource, document.RootElement);
        var writer = request.Service<WriteRows>();
        var operations = items.EnumerateArray().Select(item => Read(request, writer.Store(resource), conflict, item)).ToList();
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var outcomes = isAtomic
                ? await writer.AllAsync(session, request.Access, resource, operations, conflict, request.Aborted)
                : await writer.EachAsync(session, request.Access, resource, operations, conflict, request.Aborted);
            return new StoredAnswer(StatusCodes.Status200OK, new() { ["Content-Type"] = "application/json; charset=utf-8" }, Results(outcomes));
        });
    }

    private static (bool IsAtomic, IReadOnlyList<Column> Conflict, JsonElement Items) ReadEnvelope(Resource resource, JsonElement json)
    {
        if (!json.TryGetProperty("operations", out var items) || items.ValueKind != JsonValueKind.Array)
            throw Refuse("operations", "Send {\"mode\":\"partial\",\"operations\":[{\"operation\":\"create\",\"values\":{…}}]}.");
        if (items.GetArrayLength() is 0 or > ReadRows.MaxRows) throw Refuse("operations", $"operations holds 1 to {ReadRows.MaxRows} operations.");
        var mode = json.TryGetProperty("mode", out var named) ? named.ToString() : "atomic";
        if (mode is not ("atomic" or "partial")) throw Refuse("mode", "mode is atomic (all operations or none, as without mode) or partial (those that can be done).");
        return (mode == "atomic", TableWriteEndpoints.Conflict(resource, json.TryGetProperty("on_conflict", out var columns) ? columns.ToString() : null), items);
    }

    private static RowOperation Read(ResourceRequest request, TableStore store, IReadOnlyList<Column> conflict, JsonElement item)
    {
        var resource = request.Resource;
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("operation", out var named)) return Wrong("operation", "Each operation is an object with operation: create, update, upsert or delete.");
        if (named.ToString() is not ("create" or "update" or "upsert" or "delete") || !Enum.TryParse<OperationKind>(named.ToString(), ignoreCase: true, out var kind)) return Wrong("operation", "operation is create, update, upsert or delete.");
        var action = kind switch { OperationKind.Create or OperationKind.Upsert => TableAction.Create, OperationKind.Update => TableAction.Update, _ => TableAction.Delete };
        if (request.Access.To(resource, action) is not { } access)
            return new RowOperation(kind) { Problem = Problem.Forbidden("not_granted", $"Your role may not {action.ToString().ToLowerInvariant()} rows of {resource.Table}.") with { ApiCode = "42501" } };
        RowKey? key = null;
        if (kind is OperationKind.Update or OperationKind.Delete)
        {
            if (!item.TryGetProperty("id", out var id)) return Wrong("id", $"id is required to {named}: the uuid or the business id.");
            try
            {
                key = RowKey.Read(resource, id.ToString());
            }
            catch (ProblemException noId)
            {
                return new RowOperation(kind) { Problem = noId.Problem };
            }
        }
        var operation = new RowOperation(kind) { Key = key, IfMatch = item.TryGetProperty("if_match", out var tag) ? tag.ToString() : default(Microsoft.Extensions.Primitives.StringValues) };
        if (kind == OperationKind.Delete) return operation;
        if (!item.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Object) return Wrong("values", "values is an object whose members are columns.");
        var (row, set, errors) = new ParseRow(access, store, keys: kind == OperationKind.Upsert ? conflict : null).Json(values);
        return operation with { Values = row, Set = set, Problem = errors.Count == 0 ? null : ParseRow.Refused(errors) };
    }

    private static RowOperation Wrong(string field, string message) => new(OperationKind.Create) { Problem = Problem.Unprocessable("invalid_operation", message, new FieldError(field, "invalid_value", message)) };

    private static byte[] Results(RowOutcome[] outcomes)
    {
        var buffer = new ArrayBufferWriter<byte>(outcomes.Length * 64);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("succeeded", outcomes.Count(outcome => outcome.Problem is null));
            json.WriteNumber("failed", outcomes.Count(outcome => outcome.Problem is not null));
            json.WriteStartArray("results");
            foreach (var (index, outcome) in outcomes.Index()) Result(json, index, outcome);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Result(Utf8JsonWriter json, int index, RowOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteNumber("status", outcome.Problem?.Status ?? (outcome.Done switch { WriteKind.Create => 201, WriteKind.Delete => 204, _ => 200 }));
        if (outcome.Problem is { } problem)
        {
            json.WriteString("code", problem.ApiCode ?? problem.Code);
            json.WriteString("detail", problem.Detail);
            json.WriteStartArray("errors");
            foreach (var error in problem.Errors)
            {
                json.WriteStartObject();
                json.WriteString("field", error.Field);
                json.WriteString("code", error.Code);
                json.WriteString("message", error.Message);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("id", outcome.Id);
        }
        json.WriteEndObject();
    }

    private static ProblemException Refuse(string field, string message) => new(Problem.BadRequest("invalid_bulk", message, new FieldError(field, "invalid_value", message)));
}
