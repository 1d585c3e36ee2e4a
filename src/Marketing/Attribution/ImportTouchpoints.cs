using System.Globalization;
using System.Text.Json;
using Marketing.Data.External;
using Marketing.Problems;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Attribution;

/// <summary>
/// <c>POST /api/attribution/touchpoints</c>: touches from elsewhere, such as website visits with a UTM, clicks on posts, brochures and calls. All of a
/// request or none; each once by the unique key (kind, source_key).
/// </summary>
internal static class ImportTouchpoints
{
    private const int MostAtOnce = 1000;
    private static readonly string[] Kinds = ["social", "website", "offline"];

    /// <summary>Stores them.</summary>
    public static async Task RunAsync(HttpContext context)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        if (!body.RootElement.TryGetProperty("touchpoints", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MostAtOnce)
            throw new ProblemException(Problem.BadRequest("invalid_body", $"Send {{\"touchpoints\":[…]}} with 1 to {MostAtOnce} of them."));
        var errors = new List<FieldError>();
        var touches = list.EnumerateArray().Select((json, index) => Read(json, index, errors)).ToList();
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_touchpoints", "Nothing was stored. See errors for each touchpoint.", [.. errors.Take(100)]));
        var (found, stored) = await StoreAsync(context, touches);
        await Results.Json(new Dictionary<string, int> { ["stored"] = stored, ["known_before"] = found - stored, ["contact_unknown"] = touches.Count - found }, statusCode: StatusCodes.Status201Created).ExecuteAsync(context);
    }

    private static Imported Read(JsonElement json, int index, List<FieldError> errors)
    {
        string? Text(string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 500 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        void Refuse(string name, string message) => errors.Add(new FieldError($"touchpoints.{index}.{name}", "invalid_value", message));
        if (Text("kind") is not { } kind || !Kinds.Contains(kind)) Refuse("kind", $"kind is one of {string.Join(", ", Kinds)}.");
        if (Text("source_key") is null) Refuse("source_key", "source_key names the touch at its source, so that it counts once; up to 500 characters.");
        if (Text("channel") is null) Refuse("channel", "channel is a text such as instagram, search or phone.");
        if (Text("contact_id") is null && Text("email") is null) Refuse("contact_id", "Send contact_id or email.");
        if (Text("contact_id") is { } id && !Guid.TryParse(id, out _)) Refuse("contact_id", "contact_id is a uuid.");
        if (Text("at") is not { } time || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            at = default;
            Refuse("at", "at is a time such as 2026-11-24T18:00:00Z.");
        }
        return new Imported(Text("contact_id") is { } contact && Guid.TryParse(contact, out var uuid) ? uuid : null, Text("email"), at, Text("kind") ?? "", Text("source_key") ?? "", Text("channel") ?? "", Text("source"), Text("campaign"), Text("url"));
    }

    private static async Task<(int Found, int Stored)> StoreAsync(HttpContext context, List<Imported> touches)
    {
        var contacts = context.RequestServices.GetRequiredService<IOptions<ExternalTables>>().Value;
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand($"""
            with incoming as (
                select distinct on (kind, source_key) c.{contacts.ContactId} as contact_id, i.at, i.kind, i.source_key, i.channel, i.source, campaign.id as campaign_id, i.url
                from   unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) as i (contact, email, at, kind, source_key, channel, source, campaign, url)
                join   {contacts.Contacts} c on c.{contacts.ContactId} = i.contact or (i.contact is null and c.{contacts.ContactEmail} in (i.email, lower(i.email)))
                left join marketing.campaigns campaign on campaign.campaign_id = i.campaign or campaign.id::text = lower(i.campaign)
            ),
            stored as (
                insert into marketing_ops.touchpoints (contact_id, at, kind, source_key, channel, source, campaign_id, url)
                select contact_id, at, kind, source_key, channel, source, campaign_id, url from incoming order by kind, source_key
                on conflict (kind, source_key) do nothing returning 1
            )
            select (select count(*) from incoming)::int, (select count(*) from stored)::int
            """);
        command.Parameters.Add(new() { Value = touches.Select(touch => touch.Contact).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        void Texts(Func<Imported, string?> column) => command.Parameters.Add(new() { Value = touches.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        Texts(touch => touch.Email);
        command.Parameters.Add(new() { Value = touches.Select(touch => touch.At.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        Texts(touch => touch.Kind);
        Texts(touch => touch.SourceKey);
        Texts(touch => touch.Channel);
        Texts(touch => touch.Source);
        Texts(touch => touch.Campaign);
        Texts(touch => touch.Url);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        await reader.ReadAsync(context.RequestAborted);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    private sealed record Imported(Guid? Contact, string? Email, DateTimeOffset At, string Kind, string SourceKey, string Channel, string? Source, string? Campaign, string? Url);
}
