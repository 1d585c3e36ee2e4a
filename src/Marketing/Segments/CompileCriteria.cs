using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Data.External;
using Marketing.Problems;

namespace Marketing.Segments;

/// <summary>
/// Turns a tree of criteria into one condition. Names come from the mapping of external tables and from this file, values only as
/// parameters. A value that a contact lacks makes a clause false, so that <c>not</c> is its exact opposite.
/// </summary>
internal sealed partial class CompileCriteria(ExternalTables tables, IReadOnlyDictionary<string, CriteriaField> fields)
{
    /// <summary>Most clauses of one tree.</summary>
    public const int MaxClauses = 200;

    private const string Today = "(now() at time zone 'UTC')::date";
    private static readonly string[] Events = ["sent", "delivered", "opened", "clicked", "converted", "bounced", "unsubscribed", "complained"];

    private readonly List<object> values = [];
    private readonly List<CriteriaClause> clauses = [];
    private readonly List<FieldError> errors = [];
    private bool joinsStays;
    private bool joinsEvents;

    /// <summary>Compiles a tree; use a new instance for each.</summary>
    public CompiledCriteria Run(JsonElement criteria)
    {
        var where = Node(criteria, "criteria");
        var from = $"{tables.Contacts} c";
        if (joinsStays)
        {
            from += $"""
                 left join (
                    select {tables.ReservationContactId} as contact_id,
                           count(*) filter (where {Completed}) as stays,
                           max({tables.ReservationCheckOut}) filter (where {Completed}) as last_check_out,
                           min({tables.ReservationCheckIn}) filter (where {tables.ReservationCheckIn} >= {Today}) as next_check_in,
                           sum({tables.ReservationTotalAmount}) filter (where {Completed}) as total_spent,
                           (array_agg({tables.ReservationGuests} order by {tables.ReservationCheckOut} desc, {tables.ReservationId}) filter (where {Completed}))[1] as party_size
                    from   {tables.Reservations} where {tables.ReservationStatus} not in ('cancelled', 'no_show') group by 1) stay on stay.contact_id = c.{tables.ContactId}
                """;
        }
        if (joinsEvents)
        {
            from += $"""
                 left join (
                    select contact_id, max(event_timestamp) filter (where event_type = 'opened') as opened, max(event_timestamp) filter (where event_type = 'clicked') as clicked
                    from   marketing.campaign_events where event_type in ('opened', 'clicked') and event_data ->> 'machine' is distinct from 'true' group by 1) event on event.contact_id = c.{tables.ContactId}
                """;
        }
        return new(from, where, values, clauses, errors);
    }

    private string Completed => $"{tables.ReservationCheckOut} <= {Today}";

    private string Node(JsonElement node, string path)
    {
        if (node.ValueKind != JsonValueKind.Object) return Refuse(path, "not_an_object", "Write an object with one of all, any, not, segment, performed or field.");
        if (node.TryGetProperty("all", out var all)) return Only(node, path, "all") ?? Group(all, $"{path}.all", " and ");
        if (node.TryGetProperty("any", out var any)) return Only(node, path, "any") ?? Group(any, $"{path}.any", " or ");
        if (node.TryGetProperty("not", out var not)) return Only(node, path, "not") ?? $"not {Node(not, $"{path}.not")}";
        if (clauses.Count >= MaxClauses) return Refuse(path, "too_many", $"A tree has at most {MaxClauses} clauses.");
        var condition =
            node.TryGetProperty("segment", out var segment) ? Only(node, path, "segment") ?? InSegment(segment, $"{path}.segment")
            : node.TryGetProperty("performed", out var performed) ? Only(node, path, "performed") ?? Performed(performed, $"{path}.performed")
            : node.TryGetProperty("field", out var field) ? Only(node, path, "field", "op", "operator", "value") ?? Field(node, field, path)
            : Refuse(path, "unknown_clause", "Write one of all, any, not, segment, performed or field.");
        condition = $"coalesce({condition}, false)";
        clauses.Add(new(path, node.GetRawText(), condition));
        return condition;
    }

    private string Group(JsonElement children, string path, string joiner)
    {
        if (children.ValueKind != JsonValueKind.Array || children.GetArrayLength() == 0) return Refuse(path, "required", "Write an array of at least one clause.");
        return $"({string.Join(joiner, children.EnumerateArray().Select((child, index) => Node(child, $"{path}[{index}]")))})";
    }

    private string InSegment(JsonElement segment, string path) =>
        segment.ValueKind == JsonValueKind.String && SegmentId().IsMatch(segment.GetString()!)
            ? $"c.{tables.ContactId} in (select m.contact_id from marketing.segment_members m join marketing.segments s on s.id = m.segment_id where s.segment_id = {Add(segment.GetString()!)} and m.removed_at is null)"
            : Refuse(path, "wrong_type", "Write the business id of a segment, for example \"SEG-010002\".");

    private string Performed(JsonElement performed, string path)
    {
        if (performed.ValueKind != JsonValueKind.Object) return Refuse(path, "not_an_object", "Write an object, for example {\"event\":\"opened\",\"within\":\"P90D\"}.");
        if (Only(performed, path, "event", "campaign", "count", "within") is { } unknown) return unknown;
        if (!performed.TryGetProperty("event", out var name) || name.ValueKind != JsonValueKind.String || !Events.Contains(name.GetString()))
            return Refuse($"{path}.event", "not_allowed", $"event is one of {string.Join(", ", Events)}.");
        var where = $"e.event_type = {Add(name.GetString()!)} and e.event_data ->> 'machine' is distinct from 'true'";
        if (performed.TryGetProperty("campaign", out var campaign))
        {
            if (campaign.ValueKind != JsonValueKind.String) return Refuse($"{path}.campaign", "wrong_type", "Write the business id of a campaign, for example \"CMP-010003\".");
            where += $" and e.campaign_id = (select id from marketing.campaigns where campaign_id = {Add(campaign.GetString()!)})";
        }
        if (performed.TryGetProperty("within", out var within))
        {
            if (within.ValueKind != JsonValueKind.String || Days().Match(within.GetString()!) is not { Success: true } days)
                return Refuse($"{path}.within", "wrong_type", "Write days as an ISO 8601 duration, for example \"P90D\".");
            where += $" and e.event_timestamp >= now() - make_interval(days => {Add(int.Parse(days.Groups[1].Value, CultureInfo.InvariantCulture))})";
        }
        var atLeast = 1;
        if (performed.TryGetProperty("count", out var count)
            && (count.ValueKind != JsonValueKind.Object || count.EnumerateObject().Count() != 1 || !count.TryGetProperty("gte", out var least)
                || least.ValueKind != JsonValueKind.Number || !least.TryGetInt32(out atLeast) || atLeast < 1))
            return Refuse($"{path}.count", "wrong_type", "Write a whole number from 1, for example {\"gte\":2}.");
        return $"c.{tables.ContactId} in (select e.contact_id from marketing.campaign_events e where {where} group by 1 having count(*) >= {Add(atLeast)})";
    }

    private string Field(JsonElement node, JsonElement name, string path)
    {
        var code = name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        if (code.StartsWith("contact.", StringComparison.Ordinal)) code = code["contact.".Length..];
        if (!fields.TryGetValue(code, out var field)) return Refuse($"{path}.field", "unknown_field", $"Unknown field. Fields: {string.Join(", ", fields.Keys.Order(StringComparer.Ordinal))}.");
        var op = (node.TryGetProperty("op", out var given) || node.TryGetProperty("operator", out given)) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "";
        // One value of a list reads better with eq.
        var isOneOfList = field.DataType == "list" && op is "eq" or "neq";
        if (field.DataType == "list") op = op switch { "eq" => "in", "neq" => "not_in", _ => op };
        if (!field.Operators.Contains(op)) return Refuse($"{path}.op", "not_allowed", $"{field.Code} takes {string.Join(", ", field.Operators)}.");
        node.TryGetProperty("value", out var value);
        if (op == "is_null" && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return Refuse($"{path}.value", "wrong_type", "is_null takes true or false.");

        var expression = Expression(field.Source);
        if (expression is null) return Refuse($"{path}.field", "unknown_source", $"ref_segment_criteria says that {field.Code} comes from {field.Source}, which this version cannot read.");
        if (op == "is_null") return value.GetBoolean() ? $"({expression}) is null" : $"({expression}) is not null";
        if (field.DataType == "list" || op is "in" or "not_in") return OneOf(field, expression, op, value, $"{path}.value", isOneOfList);
        if (op == "between") return Between(field, expression, value, $"{path}.value");
        if (op == "within_last_days") return Within(expression, value, $"{path}.value");
        if (Scalar(field, value, $"{path}.value") is not { } parameter) return "false";
        return op switch
        {
            "eq" => $"{expression} = {parameter}",
            "neq" => $"{expression} <> {parameter}",
            "gt" or "after" => $"{expression} > {parameter}",
            "gte" => $"{expression} >= {parameter}",
            "lt" or "before" => $"{expression} < {parameter}",
            "lte" => $"{expression} <= {parameter}",
            "contains" when field.DataType == "text" => $"position({parameter} in {expression}) > 0",
            _ => Refuse($"{path}.op", "not_allowed", $"This version cannot answer {op} of {field.Code}."),
        };
    }

    private string? Expression(string source)
    {
        switch (source)
        {
            case "contacts.country": return $"c.{tables.ContactCountry}";
            case "contacts.language": return $"c.{tables.ContactLanguage}";
            case "contacts.email": return $"split_part(lower(c.{tables.ContactEmail}), '@', 2)";
            case "contacts.marketing_consent": return $"c.{tables.ContactMarketingConsent}";
            case "contacts.created_at": return $"(c.{tables.ContactCreatedAt} at time zone 'UTC')::date";
            case "reservations.channel": return tables.ReservationChannel;
            case "reservations.property_id": return $"{tables.ReservationPropertyId}::text";
            case "events.unsubscribed": return $"c.{tables.ContactId} in (select contact_id from marketing.campaign_events where event_type = 'unsubscribed')";
            case "events.opened" or "events.clicked":
                joinsEvents = true;
                return $"(event.{(source == "events.opened" ? "opened" : "clicked")} at time zone 'UTC')::date";
            default:
                joinsStays = true;
                return source switch
                {
                    "reservations.count" => "coalesce(stay.stays, 0)",
                    "reservations.check_out" => "stay.last_check_out",
                    "reservations.check_in" => "stay.next_check_in",
                    "reservations.total_amount" => "coalesce(stay.total_spent, 0)",
                    "reservations.guests" => "stay.party_size",
                    _ => null,
                };
        }
    }

    private string OneOf(CriteriaField field, string expression, string op, JsonElement value, string path, bool isOne)
    {
        var texts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : isOne && value.ValueKind == JsonValueKind.String ? [value] : [];
        if (texts.Count is 0 or > 1000 || texts.Any(text => text.ValueKind != JsonValueKind.String || text.GetString()!.Contains('\0')))
            return Refuse(path, "wrong_type", $"{op} of {field.Code} takes an array of 1 to 1000 texts.");
        var parameter = Add(texts.Select(text => text.GetString()!).ToArray());
        var condition = field.Source.StartsWith("reservations.", StringComparison.Ordinal)
            ? $"c.{tables.ContactId} in (select {tables.ReservationContactId} from {tables.Reservations} where {tables.ReservationStatus} not in ('cancelled', 'no_show') and {expression} = any({parameter}))"
            : $"{expression} = any({parameter})";
        return op == "in" ? condition : $"not ({condition})";
    }

    private string Between(CriteriaField field, string expression, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2) return Refuse(path, "wrong_type", "between takes an array of the first and the last value.");
        return Scalar(field, value[0], $"{path}[0]") is { } first && Scalar(field, value[1], $"{path}[1]") is { } last ? $"{expression} between {first} and {last}" : "false";
    }

    private string Within(string expression, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var days) || Math.Abs((long)days) > 36_500) return Refuse(path, "wrong_type", "within_last_days takes a whole number of days; a negative one looks ahead.");
        return days >= 0 ? $"{expression} between {Today} - {Add(days)}::int and {Today}" : $"{expression} between {Today} and {Today} + {Add(-days)}::int";
    }

    // The parameter's name; null when the value is refused.
    private string? Scalar(CriteriaField field, JsonElement value, string path)
    {
        switch (field.DataType)
        {
            case "number" when value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number): return Add(number);
            case "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False: return Add(value.GetBoolean());
            case "text" when value.ValueKind == JsonValueKind.String && !value.GetString()!.Contains('\0'): return Add(value.GetString()!);
            case "date" when value.ValueKind == JsonValueKind.String && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day): return Add(day);
        }
        Refuse(path, "wrong_type", $"{field.Code} takes a {field.DataType}{(field.DataType == "date" ? ", for example \"2026-01-31\"" : "")}.");
        return null;
    }

    private string? Only(JsonElement node, string path, params string[] allowed)
    {
        var unknown = node.EnumerateObject().Select(member => member.Name).FirstOrDefault(member => !allowed.Contains(member));
        return unknown is null ? null : Refuse($"{path}.{unknown}", "unknown_member", $"Beside {allowed[0]} may stand {(allowed.Length == 1 ? "nothing" : string.Join(", ", allowed[1..]))}.");
    }

    private string Add(object value)
    {
        values.Add(value);
        return $"${values.Count}";
    }

    private string Refuse(string path, string code, string message)
    {
        errors.Add(new(path, code, message));
        return "false";
    }

    [GeneratedRegex(@"\ASEG-[0-9]{6,18}\z")]
    private static partial Regex SegmentId();

    [GeneratedRegex(@"\AP([0-9]{1,5})D\z")]
    private static partial Regex Days();
}
