using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Npgsql;

namespace Marketing.Segments.Members;

/// <summary>A segment's members: list, export, add, remove, import; overlap of segments; growth.</summary>
internal static class MemberEndpoints
{
    private const int MaxAtOnce = 10_000;
    private const string Incoming = "(select number::int - 1 as line, contact_id, email from unnest($3::uuid[], $4::text[]) with ordinality as given (contact_id, email, number))";
    private static readonly string[] ListParameters = ["limit", "cursor"];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("segments/overlap", (RequestDelegate)OverlapAsync).RequireScope(Scopes.Read);
        api.MapGet("segments/{id}/growth", (RequestDelegate)GrowthAsync).RequireScope(Scopes.Read);
        api.MapGet("segments/{id}/members", (RequestDelegate)ListAsync).RequireScope(Scopes.Read);
        api.MapPost("segments/{id}/members", (RequestDelegate)AddAsync).RequireScope(Scopes.Write);
        api.MapPost("segments/{id}/members/remove", (RequestDelegate)RemoveAsync).RequireScope(Scopes.Write);
        api.MapDelete("segments/{id}/members/{contact:guid}", (RequestDelegate)RemoveOneAsync).RequireScope(Scopes.Write);
        api.MapPost("segments/{id}/members/import", (RequestDelegate)ImportAsync).RequireScope(Scopes.Write);
    }

    // The engine's own list with a fixed filter: rights, row filters and cursors are those of segment_members.
    private static async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.Keys.FirstOrDefault(name => !ListParameters.Contains(name)) is { } unknown) throw QueryProblems.Refuse(QueryText.Shorten(unknown), "unknown_parameter", "The list takes limit and cursor. GET /api/segment_members filters and orders.");
        var (segment, members) = (await SegmentRequest.Of(context).VisibleRowAsync(), SegmentRequest.OfMembers(context));
        if (Negotiate.Run(context.Request) == AnswerFormat.Csv)
        {
            await ExportAsync(context, segment);
            return;
        }
        var fixedQuery = new Dictionary<string, StringValues> { ["select"] = "contact_id,added_at,added_by", ["segment_id"] = $"eq.{segment}", ["removed_at"] = "is.null", ["order"] = "contact_id.asc" };
        if (query.TryGetValue("limit", out var limit)) fixedQuery["limit"] = limit;
        var read = members.Parser.Run(members.Resource, new QueryCollection(fixedQuery));
        if (read.Limit > ReadQuery.MaxLimit) throw QueryProblems.Refuse("limit", "out_of_range", $"limit is at most {ReadQuery.MaxLimit}. Follow the Link header for more, or take everything as text/csv.");
        var plan = new ReadPlan(read);
        if (ParseReadQuery.Single(query, "cursor") is { } cursor) plan = plan.At(members.Service<PageCursors>().Read(read, cursor));
        using var page = await members.Service<ReadPage>().RunAsync(plan, count: null, members.Aborted);
        var address = $"{context.Request.PathBase}{context.Request.Path}?{(limit.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"limit={read.Limit}&") : "")}";
        if (page.NextCursor is { } next) context.Response.Headers.Append("Link", $"<{address}cursor={next}>; rel=\"next\"");
        if (page.PreviousCursor is { } previous) context.Response.Headers.Append("Link", $"<{address}cursor={previous}>; rel=\"prev\"");
        await ListEndpoint.SendAsync(context, StatusCodes.Status200OK, page.Json, AnswerFormat.Json);
    }

    // Addresses leave the house, which the audit log tells.
    private static async Task ExportAsync(HttpContext context, Guid segment)
    {
        SegmentRequest.SeesEveryMember(context);
        var request = SegmentRequest.Of(context);
        await using (var connection = await request.Service<NpgsqlDataSource>().OpenConnectionAsync(request.Aborted))
        await using (var transaction = await connection.BeginTransactionAsync(request.Aborted))
        {
            await StoreMembers.NoteAsync(connection, transaction, request.Caller, "export_members", segment, "{}", request.Aborted);
            await transaction.CommitAsync(request.Aborted);
        }
        context.Response.ContentType = Negotiate.ContentType(AnswerFormat.Csv);
        context.Response.Headers.ContentDisposition = "attachment; filename=\"members.csv\"";
        await request.Service<ExportMembers>().RunAsync(segment, context.Response.Body, request.Aborted);
    }

    private static Task AddAsync(HttpContext context) => WriteAsync(context, isRemoval: false);

    private static Task RemoveAsync(HttpContext context) => WriteAsync(context, isRemoval: true);

    private static async Task WriteAsync(HttpContext context, bool isRemoval)
    {
        var segment = isRemoval ? await SegmentRequest.ChangesMembersAsync(context, TableAction.Update) : await SegmentRequest.ChangesMembersAsync(context, TableAction.Create, TableAction.Update);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var given = ReadContacts(body.RootElement);
        var stored = await StoreAsync(context, segment, given, isRemoval);
        var unknown = stored.UnknownLines.Select(line => (JsonNode)(given[line].Contact?.ToString() ?? given[line].Email!)).ToArray();
        await SegmentRequest.SendAsync(context, isRemoval
            ? new JsonObject { ["removed"] = stored.Changed, ["not_members"] = stored.Contacts - stored.Changed, ["unknown_total"] = stored.Unknown, ["unknown"] = new JsonArray(unknown) }
            : new JsonObject { ["added"] = stored.Changed, ["already_members"] = stored.Contacts - stored.Changed, ["unknown_total"] = stored.Unknown, ["unknown"] = new JsonArray(unknown) });
    }

    private static async Task RemoveOneAsync(HttpContext context)
    {
        var segment = await SegmentRequest.ChangesMembersAsync(context, TableAction.Update);
        var contact = Guid.Parse((string)context.GetRouteValue("contact")!);
        var stored = await StoreAsync(context, segment, [(contact, null)], isRemoval: true);
        if (stored.Changed == 0) throw new ProblemException(Problem.NotFound("segment_members (current)", contact.ToString()));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<StoredMembers> StoreAsync(HttpContext context, Guid segment, IReadOnlyList<(Guid? Contact, string? Email)> given, bool isRemoval)
    {
        var (request, stop) = (SegmentRequest.Of(context), context.RequestAborted);
        await using var connection = await request.Service<NpgsqlDataSource>().OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await StoreMembers.HoldAsync(connection, segment, stop);
        object[] values = [given.Select(contact => contact.Contact).ToArray(), given.Select(contact => contact.Email).ToArray()];
        var store = request.Service<StoreMembers>();
        var stored = isRemoval ? await store.RemoveAsync(connection, segment, Incoming, values, stop) : await store.AddAsync(connection, segment, "manual", Incoming, values, stop);
        await StoreMembers.NoteAsync(connection, transaction, request.Caller, isRemoval ? "remove_members" : "add_members", segment, $$"""{"contacts":{{stored.Changed}}}""", stop);
        await transaction.CommitAsync(stop);
        return stored;
    }

    private static List<(Guid? Contact, string? Email)> ReadContacts(JsonElement body)
    {
        var (given, errors) = (new List<(Guid?, string?)>(), new List<FieldError>());
        foreach (var member in body.EnumerateObject())
        {
            if (member.Name is not ("contact_ids" or "emails"))
            {
                errors.Add(new(member.Name, "unknown_member", "Send contact_ids, emails or both."));
                continue;
            }
            if (member.Value.ValueKind != JsonValueKind.Array || member.Value.GetArrayLength() > MaxAtOnce)
            {
                errors.Add(new(member.Name, "wrong_type", $"Send a list of at most {MaxAtOnce}; more go as a file to members/import."));
                continue;
            }
            foreach (var (index, item) in member.Value.EnumerateArray().Index())
            {
                if (member.Name == "contact_ids" && item.ValueKind == JsonValueKind.String && item.TryGetGuid(out var id)) given.Add((id, null));
                else if (member.Name == "emails" && Email(item) is { } email) given.Add((null, email));
                else if (errors.Count < StoreMembers.MaxErrors) errors.Add(new($"{member.Name}[{index}]", "wrong_type", member.Name == "emails" ? "Write an email address." : "Write a uuid."));
            }
        }
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_members", "Nothing was stored. See errors.", errors));
        return given.Count is > 0 and <= MaxAtOnce ? given : throw new ProblemException(Problem.Unprocessable("required", $"Send 1 to {MaxAtOnce} contacts in contact_ids, emails or both."));
    }

    // Null when it is no text that PostgreSQL can hold: an escape may name half a character.
    private static string? Email(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.String) return null;
        try
        {
            return item.GetString()!.Trim() is { Length: > 0 and <= 320 } email && !email.Contains('\0', StringComparison.Ordinal) ? email : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task ImportAsync(HttpContext context)
    {
        var segment = await SegmentRequest.ChangesMembersAsync(context, TableAction.Create, TableAction.Update);
        var onError = context.Request.Query["on_error"].ToString();
        if (onError is not ("" or "skip" or "refuse")) throw QueryProblems.Refuse("on_error", "not_allowed", "on_error is skip (unusable lines are told and left out) or refuse (they refuse the file).");
        var request = SegmentRequest.Of(context);
        var report = await request.Service<ImportMembers>().RunAsync(segment, context.Request, onError == "refuse", request.Caller, context.RequestAborted);
        await SegmentRequest.SendAsync(context, JsonSerializer.Serialize(report, MemberJson.Default.ImportReport));
    }

    private static async Task OverlapAsync(HttpContext context)
    {
        SegmentRequest.SeesEveryMember(context);
        var request = SegmentRequest.Of(context);
        var names = context.Request.Query["segments"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        if (names.Count is < 2 or > CompareSegments.MaxSegments) throw QueryProblems.Refuse("segments", "out_of_range", $"Name 2 to {CompareSegments.MaxSegments} segments: segments=SEG-010001,SEG-010002.");
        var ids = new List<Guid>();
        foreach (var name in names)
        {
            var key = RowKey.Read(request.Resource, name);
            var item = await request.Service<ReadItem>().RunAsync(new ReadPlan(request.Everything("id")), key, request.Aborted) ?? throw new ProblemException(Problem.NotFound("segments", name));
            using var json = JsonDocument.Parse(item.Json);
            ids.Add(json.RootElement.GetProperty("id").GetGuid());
        }
        await SegmentRequest.SendAsync(context, await request.Service<CompareSegments>().OverlapAsync([.. ids.Distinct()], request.Aborted));
    }

    private static async Task GrowthAsync(HttpContext context)
    {
        SegmentRequest.SeesEveryMember(context);
        var request = SegmentRequest.Of(context);
        var id = await request.VisibleRowAsync();
        var today = DateOnly.FromDateTime(request.Service<TimeProvider>().GetUtcNow().UtcDateTime);
        var until = Day(context, "until") ?? today;
        var from = Day(context, "from") ?? until.AddDays(-Math.Min(90, until.DayNumber));
        if (from > until || until.DayNumber - from.DayNumber > CompareSegments.MaxDays) throw QueryProblems.Refuse("from", "out_of_range", $"from comes before until, by at most {CompareSegments.MaxDays} days.");
        await SegmentRequest.SendAsync(context, await request.Service<CompareSegments>().GrowthAsync(id, from, until, request.Aborted));
    }

    private static DateOnly? Day(HttpContext context, string name) => context.Request.Query[name].ToString() is not { Length: > 0 } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw QueryProblems.Refuse(name, "invalid_value", $"{name} is a day such as 2026-11-24.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImportReport))]
internal sealed partial class MemberJson : JsonSerializerContext;
