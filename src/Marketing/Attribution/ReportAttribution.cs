using System.Globalization;
using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Attribution;

/// <summary>
/// <c>GET /api/attribution/report</c>: what each campaign, channel, source, property, booking month, month of stay or booking channel earned, by model. Amounts of different
/// currencies are never added. The caller's row filter of <c>attribution</c> holds.
/// </summary>
internal static class ReportAttribution
{
    private static readonly string[] Parameters = ["by", "model", "booked_from", "booked_until"];

    /// <summary>Answers.</summary>
    public static async Task RunAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.Keys.FirstOrDefault(key => !Parameters.Contains(key)) is { } unknown) throw Invalid($"'{unknown}' is none of {string.Join(", ", Parameters)}.");
        var grouping = query["by"].ToString() is { Length: > 0 } by ? by : "campaign";
        var models = query["model"].ToString() is { Length: > 0 } named ? named.Split(',') : [.. AttributionModel.All];
        if (models.FirstOrDefault(model => !AttributionModel.All.Contains(model)) is { } wrong) throw Invalid($"model is one or several of {string.Join(", ", AttributionModel.All)}; '{wrong}' is none.");

        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("attribution"));
        var access = request.To(TableAction.Read);
        if (access.Find("touchpoints") is null || access.Find("revenue_attributed") is null || access.Find("attribution_model") is null)
            throw new ProblemException(Problem.Forbidden("not_granted", "The report needs the columns touchpoints, revenue_attributed and attribution_model of attribution, which your role does not show.") with { ApiCode = "42501" });

        var sql = new SqlWriter();
        var row = sql.NewAlias();
        sql.Sql("select t0.reservation_id, t0.attribution_model, t0.revenue_attributed, t0.touchpoints from marketing.attribution t0 where ");
        WriteCondition.All(sql, row, access.Rows is { } rows ? [rows] : []);
        var table = request.Service<IOptions<ExternalTables>>().Value;
        var statement = Statement(grouping, table, sql.ToString(), sql.Parameters.Count);
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand(statement);
        foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
        command.Parameters.AddWithValue(models);
        foreach (var name in new[] { "booked_from", "booked_until" })
            command.Parameters.Add(new() { Value = (object?)Time(query[name].ToString(), name) ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    // Groups that differ within a booking take each touch's part; the others take the booking whole.
    private static string Statement(string grouping, ExternalTables table, string visible, int parameters)
    {
        var (key, isOfTouches) = grouping switch
        {
            "campaign" => ("touch.campaign_id", true),
            "channel" => ("touch.channel", true),
            "source" => ("touch.source", true),
            "property" => ($"r.{table.ReservationPropertyId}::text", false),
            "booking_channel" => ($"r.{table.ReservationChannel}::text", false),
            "booking_month" => ($"to_char(r.{table.ReservationBookedAt} at time zone 'UTC', 'YYYY-MM')", false),
            "stay_month" => ($"to_char(r.{table.ReservationCheckIn}, 'YYYY-MM')", false),
            "model" => ("a.attribution_model", false),
            _ => throw Invalid("by is one of campaign, channel, source, property, booking_channel, booking_month, stay_month, model."),
        };
        var (touches, bookings, revenue) = isOfTouches
            ? ("cross join lateral jsonb_to_recordset(a.touchpoints) as touch (campaign_id text, channel text, source text, weight numeric, revenue numeric)", "sum(touch.weight)", "sum(touch.revenue)")
            : ("", "count(*)", "sum(a.revenue_attributed)");
        return $"""
            with a as ({visible})
            select coalesce(json_agg(line order by model, revenue desc, key), '[]')::text from (
                select a.attribution_model as model, {key} as key, r.{table.ReservationCurrency} as currency, {bookings} as bookings, {revenue} as revenue
                from   a join {table.Reservations} r on r.{table.ReservationId} = a.reservation_id {touches}
                where  a.attribution_model = any(${parameters + 1}) and (${parameters + 2}::timestamptz is null or r.{table.ReservationBookedAt} >= ${parameters + 2}) and (${parameters + 3}::timestamptz is null or r.{table.ReservationBookedAt} < ${parameters + 3})
                group by 1, 2, 3) line
            """;
    }

    private static DateTimeOffset? Time(string text, string name) => text.Length == 0 ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : throw Invalid($"{name} is a time such as 2026-11-24T00:00:00Z.");

    private static ProblemException Invalid(string detail) => new(Problem.BadRequest("invalid_query", detail));
}
