using System.Globalization;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Http;

/// <summary><c>POST</c>, <c>PUT</c>, <c>PATCH</c> and <c>DELETE /api/{table}</c>: one row or many, by values or by filter.</summary>
internal static class TableWriteEndpoints
{
    /// <summary>Adds rows; with a resolution of duplicates, changes or passes over those that exist.</summary>
    public static async Task CreateAsync(ResourceRequest request)
    {
        var (http, resource) = (request.Context.Request, request.Resource);
        var prefer = request.Prefer;
        OnlyKnown(http, "select", "columns", "on_conflict");
        var access = request.To(TableAction.Create);
        var kind = prefer.Resolution switch { Resolution.Merge => OperationKind.Upsert, Resolution.Ignore => OperationKind.CreateIfAbsent, _ => OperationKind.Create };
        var conflict = kind == OperationKind.Create ? [] : Conflict(resource, ParseReadQuery.Single(http.Query, "on_conflict"));
        var body = await RequestBody.ReadAsync(http, ReadRows.MaxBytes, request.Aborted);
        var writer = request.Service<WriteRows>();
        var (operations, isObject) = ReadRows.Run(http.ContentType, body, kind, access, writer.Store(resource), Columns(http), conflict);

        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var outcomes = await writer.AllAsync(session, request.Access, resource, operations, conflict, request.Aborted);
            var status = outcomes.Any(outcome => outcome.Done == WriteKind.Create) || outcomes.Length == 0 ? StatusCodes.Status201Created : StatusCodes.Status200OK;
            // Rows that were passed over are not told: the caller may not be allowed to see them.
            var ids = outcomes.Where(outcome => kind != OperationKind.CreateIfAbsent || outcome.Done == WriteKind.Create).Select(outcome => outcome.Id).ToList();
            return prefer.Return switch
            {
                ReturnMode.Representation => await WriteAnswer.RowsAsync(request, session, status, ids),
                null when isObject && ids is [var id] && Negotiate.Run(http) == AnswerFormat.Json => await WriteAnswer.RowAsync(request, session, status, id),
                null when Negotiate.Run(http) == AnswerFormat.SingleObject => await WriteAnswer.RowsAsync(request, session, status, ids),
                ReturnMode.HeadersOnly when ids is [var id] => WriteAnswer.Empty(status, ("Location", WriteAnswer.Location(request, id)), ("Content-Range", "*/*")),
                _ => WriteAnswer.Empty(status, ("Content-Range", "*/*")),
            };
        });
    }

    /// <summary>Writes one whole row under the key that the filter names.</summary>
    public static async Task PutAsync(ResourceRequest request)
    {
        var (http, resource) = (request.Context.Request, request.Resource);
        var named = http.Query.Keys.Where(name => name is not ("select" or "columns")).ToList();
        if (named is not [var name] || resource.Find(name) is not { } column || (column != resource.Key && column != resource.BusinessId) || http.Query[name] is not [{ } condition] || !condition.StartsWith("eq.", StringComparison.Ordinal))
            throw QueryProblems.Refuse("id", "invalid_filter", $"PUT takes the key as its only filter: PUT {resource.Table}?id=eq.<uuid>, or PUT {resource.Table}/<id>.", apiCode: "PGRST105");
        await ItemEndpoints.PutAsync(request, RowKey.Read(resource, condition[3..]));
    }

    /// <summary>Changes the rows that the filter meets.</summary>
    public static async Task UpdateAsync(ResourceRequest request)
    {
        var (http, resource) = (request.Context.Request, request.Resource);
        var access = request.To(TableAction.Update);
        var filters = Filters(request, "change");
        if (!http.HasJsonContentType()) throw new ProblemException(Problem.UnsupportedMediaType("application/json"));
        var body = await RequestBody.ReadAsync(http, RequestJson.MaxBytes, request.Aborted);
        var writer = request.Service<WriteRows>();
        using var json = RequestJson.ToObject(RequestJson.Parse(body));
        var (values, set, errors) = new ParseRow(access, writer.Store(resource), Columns(http)).Json(json.RootElement);
        if (errors.Count > 0) throw new ProblemException(ParseRow.Refused(errors));

        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var rows = Limited(request, await writer.LockAsync(session, access, filters, Most(request), request.Aborted));
            await writer.AllAsync(session, request.Access, resource, [.. rows.Select(row => new RowOperation(OperationKind.Update) { Stored = row, Values = values, Set = set, IfMatch = http.Headers.IfMatch })], null, request.Aborted);
            return request.Prefer.Return == ReturnMode.Representation
                ? await WriteAnswer.RowsAsync(request, session, StatusCodes.Status200OK, [.. rows.Select(row => row.Id)])
                : WriteAnswer.Empty(StatusCodes.Status204NoContent, ("Content-Range", Range(rows.Count)));
        });
    }

    /// <summary>Removes the rows that the filter meets.</summary>
    public static async Task DeleteAsync(ResourceRequest request)
    {
        var resource = request.Resource;
        var access = request.To(TableAction.Delete);
        var filters = Filters(request, "delete");
        var writer = request.Service<WriteRows>();
        await WriteAnswer.RunAsync(request, default, async session =>
        {
            var rows = Limited(request, await writer.LockAsync(session, access, filters, Most(request), request.Aborted));
            // Read before they are gone.
            var answer = request.Prefer.Return == ReturnMode.Representation
                ? await WriteAnswer.RowsAsync(request, session, StatusCodes.Status200OK, [.. rows.Select(row => row.Id)])
                : WriteAnswer.Empty(StatusCodes.Status204NoContent, ("Content-Range", Range(rows.Count)));
            await writer.AllAsync(session, request.Access, resource, [.. rows.Select(row => new RowOperation(OperationKind.Delete) { Stored = row, IfMatch = request.Context.Request.Headers.IfMatch })], null, request.Aborted);
            return answer;
        });
    }

    /// <summary>The unique columns that <c>on_conflict</c> names; the key unless it names any.</summary>
    /// <exception cref="ProblemException">400: the columns are not unique together.</exception>
    public static IReadOnlyList<Column> Conflict(Resource resource, string? text)
    {
        if (string.IsNullOrEmpty(text)) return [resource.Key];
        var names = text.Split(',').Select(name => QueryText.Unquote(name.Trim())).ToHashSet(StringComparer.Ordinal);
        return resource.UniqueKeys.FirstOrDefault(unique => names.SetEquals(unique.Select(column => column.Name)))
            ?? throw QueryProblems.Refuse("on_conflict", "not_unique", $"These columns are not unique together. Unique in {resource.Table}: {string.Join("; ", resource.UniqueKeys.Select(unique => string.Join(",", unique.Select(column => column.Name))))}.", apiCode: "42P10");
    }

    private static HashSet<string>? Columns(HttpRequest http) => ParseReadQuery.Single(http.Query, "columns") is { Length: > 0 } text
        ? text.Split(',').Select(name => QueryText.Unquote(name.Trim())).ToHashSet(StringComparer.Ordinal)
        : null;

    private static List<Filter> Filters(ResourceRequest request, string verb)
    {
        var query = request.Context.Request.Query;
        var filters = request.Parser.Conditions(request.Resource, query, name => name is "select" or "columns");
        return filters.Count > 0 ? filters : throw QueryProblems.Refuse("filter", "filter_required", $"To {verb} rows say which: add a filter, for example id=in.(…). {request.Resource.Table}/<id> names one row.", apiCode: "21000");
    }

    private static void OnlyKnown(HttpRequest http, params string[] known)
    {
        if (http.Query.Keys.FirstOrDefault(name => !known.Contains(name)) is { } strange)
            throw QueryProblems.Refuse(strange, "unknown_parameter", $"A new row takes the parameters {string.Join(", ", known)}. Remove '{QueryText.Shorten(strange)}'.");
    }

    private static int Most(ResourceRequest request) => Math.Min(request.Prefer.MaxAffected ?? ReadRows.MaxRows, ReadRows.MaxRows);

    private static List<StoredRow> Limited(ResourceRequest request, List<StoredRow> rows) => rows.Count <= Most(request) ? rows : throw new ProblemException(request.Prefer.MaxAffected is { } most
        ? Problem.BadRequest("max_affected", $"More than {most} rows meet the filter, and max-affected allows no more. Nothing was changed.") with { ApiCode = "PGRST124" }
        : new Problem(413, "too_many_rows", $"More than {ReadRows.MaxRows} rows meet the filter. Narrow it and repeat."));

    private static string Range(int rows) => rows == 0 ? "*/*" : string.Create(CultureInfo.InvariantCulture, $"0-{rows - 1}/*");
}
