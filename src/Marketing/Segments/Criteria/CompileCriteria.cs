using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Data.External;
using Marketing.Problems;

namespace Marketing.Segments.Criteria;

/// <summary>
/// Turns a tree of criteria into one condition. Names come from the mapping of external tables and from this folder, values only as
/// parameters. A value that a contact lacks makes a clause false, so that <c>not</c> is its exact opposite.
/// </summary>
internal sealed partial class CompileCriteria
{
    /// <summary>Most clauses of one tree.</summary>
    public const int MaxClauses = 200;

    /// <summary>Most groups inside each other.</summary>
    public const int MaxDepth = 20;

    /// <summary>Longest text to compare with, in characters.</summary>
    public const int MaxTextLength = 500;

    /// <summary>Events that can be asked for.</summary>
    public static readonly IReadOnlyList<string> Events = ["sent", "delivered", "opened", "clicked", "converted", "bounced", "unsubscribed", "complained"];

    private const string NotMachine = "event_data ->> 'machine' is distinct from 'true'";

    private readonly ExternalTables tables;
    private readonly IReadOnlyDictionary<string, CriteriaField> fields;
    private readonly CriteriaJoins joins;
    private readonly CriteriaReads reads = new();
    private readonly List<object> values = [];
    private readonly List<CriteriaClause> clauses = [];
    private readonly List<FieldError> errors = [];

    /// <summary>Compiles one tree; use a new instance for each.</summary>
    /// <param name="tables">Names of the external tables.</param>
    /// <param name="fields">Fields that may be asked for.</param>
    /// <param name="among">The only contacts to look at, the first parameter of the SQL; null for all.</param>
    public CompileCriteria(ExternalTables tables, IReadOnlyDictionary<string, CriteriaField> fields, Guid[]? among = null) =>
        (this.tables, this.fields, joins) = (tables, fields, new CriteriaJoins(tables, among is null ? null : Add(among)));

    /// <summary>Compiles.</summary>
    public CompiledCriteria Run(JsonElement criteria)
    {
        var where = Node(criteria, "criteria", depth: 0);
        return new(joins.From, where, values, clauses, errors, reads);
    }

    private string Node(JsonElement node, string path, int depth)
    {
        if (node.ValueKind != JsonValueKind.Object) return Refuse(path, "not_an_object", "Write an object with one of all, any, not, segment, performed or field.");
        if (depth > MaxDepth) return Refuse(path, "too_deep", $"Groups stand at most {MaxDepth} deep in each other.");
        if (node.TryGetProperty("all", out var all)) return Only(node, path, "all") ?? Group(all, $"{path}.all", " and ", depth);
        if (node.TryGetProperty("any", out var any)) return Only(node, path, "any") ?? Group(any, $"{path}.any", " or ", depth);
        if (node.TryGetProperty("not", out var not)) return Only(node, path, "not") ?? $"not {Node(not, $"{path}.not", depth + 1)}";
        if (clauses.Count >= MaxClauses) return Refuse(path, "too_many", $"A tree has at most {MaxClauses} clauses.");
        if (joins.Sets >= CriteriaJoins.MaxSets) return Refuse(path, "too_many", $"A tree names at most {CriteriaJoins.MaxSets} segments, events, channels and properties. Put some of them into a segment of their own.");
        var condition =
            node.TryGetProperty("segment", out var segment) ? Only(node, path, "segment") ?? InSegment(segment, $"{path}.segment")
            : node.TryGetProperty("performed", out var performed) ? Only(node, path, "performed") ?? Performed(performed, $"{path}.performed")
            : node.TryGetProperty("field", out var field) ? Only(node, path, "field", "op", "operator", "value") ?? Field(node, field, path)
            : Refuse(path, "unknown_clause", "Write one of all, any, not, segment, performed or field.");
        condition = $"coalesce({condition}, false)";
        clauses.Add(new(path, node.GetRawText(), condition));
        return condition;
    }

    private string Group(JsonElement children, string path, string joiner, int depth)
    {
        if (children.ValueKind != JsonValueKind.Array || children.GetArrayLength() == 0) return Refuse(path, "required", "Write an array of at least one clause.");
        // Stopped here too, so that a list of a million is not a million errors.
        if (children.GetArrayLength() > MaxClauses) return Refuse(path, "too_many", $"A tree has at most {MaxClauses} clauses.");
        return $"({string.Join(joiner, children.EnumerateArray().Select((child, index) => Node(child, $"{path}[{index}]", depth + 1)))})";
    }

    private string InSegment(JsonElement segment, string path)
    {
        if (Text(segment) is not { } id || !SegmentId().IsMatch(id)) return Refuse(path, "wrong_type", "Write the business id of a segment, for example \"SEG-010002\".");
        reads.Segments[path] = id;
        return joins.In("contact_id", $"marketing.segment_members where segment_id = (select id from marketing.segments where segment_id = {Add(id)}) and removed_at is null", "");
    }

    private string Performed(JsonElement performed, string path)
    {
        if (performed.ValueKind != JsonValueKind.Object) return Refuse(path, "not_an_object", "Write an object, for example {\"event\":\"opened\",\"within\":\"P90D\"}.");
        if (Only(performed, path, "event", "campaign", "count", "within") is { } unknown) return unknown;
        if (!performed.TryGetProperty("event", out var named) || Text(named) is not { } type || !Events.Contains(type))
            return Refuse($"{path}.event", "not_allowed", $"event is one of {string.Join(", ", Events)}.");
        var from = $"marketing.campaign_events where event_type = {Add(type)} and {NotMachine}";
        if (performed.TryGetProperty("campaign", out var campaign))
        {
            if (Text(campaign) is not { } id) return Refuse($"{path}.campaign", "wrong_type", "Write the business id of a campaign, for example \"CMP-010003\".");
            reads.Campaigns[$"{path}.campaign"] = id;
            from += $" and campaign_id = (select id from marketing.campaigns where campaign_id = {Add(id)})";
        }
        if (performed.TryGetProperty("within", out var within))
        {
            if (Text(within) is not { } duration || Days().Match(duration) is not { Success: true } days)
                return Refuse($"{path}.within", "wrong_type", "Write days as an ISO 8601 duration, for example \"P90D\".");
            reads.Today = true;
            from += $" and event_timestamp >= ({CriteriaJoins.Today} - {Add(int.Parse(days.Groups[1].Value, CultureInfo.InvariantCulture))}::int)::timestamp at time zone 'UTC'";
        }
        var atLeast = 1;
        if (performed.TryGetProperty("count", out var count)
            && (count.ValueKind != JsonValueKind.Object || count.EnumerateObject().Count() != 1 || !count.TryGetProperty("gte", out var least)
                || least.ValueKind != JsonValueKind.Number || !least.TryGetInt32(out atLeast) || atLeast < 1))
            return Refuse($"{path}.count", "wrong_type", "Write a whole number from 1, for example {\"gte\":2}.");
        reads.EventTypes.Add(type);
        return joins.In("contact_id", from, $"group by 1 having count(*) >= {Add(atLeast)}");
    }

    private string Field(JsonElement node, JsonElement name, string path)
    {
        var code = Text(name) ?? "";
        if (code.StartsWith("contact.", StringComparison.Ordinal)) code = code["contact.".Length..];
        if (!fields.TryGetValue(code, out var field)) return Refuse($"{path}.field", "unknown_field", $"Unknown field. Fields: {string.Join(", ", fields.Keys.Order(StringComparer.Ordinal))}.");
        if (CriteriaSource.Find(field.Source) is not { } source || !source.Serves(field.DataType))
            return Refuse($"{path}.field", "unknown_source", $"ref_segment_criteria says that {field.Code} is a {field.DataType} from {field.Source}, which this version cannot read.");
        if (node.TryGetProperty("op", out var given) && node.TryGetProperty("operator", out _)) return Refuse($"{path}.operator", "unknown_member", "Write op or operator, not both.");
        var op = (given.ValueKind != JsonValueKind.Undefined || node.TryGetProperty("operator", out given)) && Text(given) is { } text ? text : "";
        // One value of a list reads better with eq.
        var isOneOfList = field.DataType == "list" && op is "eq" or "neq";
        if (isOneOfList) op = op == "eq" ? "in" : "not_in";
        if (!field.Operators.Contains(op)) return Refuse($"{path}.op", "not_allowed", $"{field.Code} takes {string.Join(", ", field.Usable)}.");
        if (!CriteriaOperator.Takes(field.DataType, source, op)) return Refuse($"{path}.op", "not_allowed", $"This version cannot answer {op} of {field.Code}; it takes {string.Join(", ", field.Usable)}.");
        node.TryGetProperty("value", out var value);
        if (source.IsMany || CriteriaOperator.Operand(op) == OperandKind.List) return OneOf(field, source, op, value, $"{path}.value", isOneOfList);
        if (Expression(source.Name) is not { } expression) return Refuse($"{path}.field", "not_mapped", $"{field.Code} needs the setting ExternalTables:ContactBirthDate, the column's name.");
        return CriteriaOperator.Operand(op) switch
        {
            OperandKind.Truth => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? $"({expression}) is {(value.GetBoolean() ? "" : "not ")}null" : Refuse($"{path}.value", "wrong_type", "is_null takes true or false."),
            OperandKind.Pair => Between(field, expression, value, $"{path}.value"),
            OperandKind.Days => Relative(expression, op, value, $"{path}.value"),
            _ => Compare(field, expression, op, value, $"{path}.value"),
        };
    }

    private string Compare(CriteriaField field, string expression, string op, JsonElement value, string path)
    {
        if (Scalar(field, value, path) is not { } parameter) return "false";
        return op switch
        {
            "eq" => $"{expression} = {parameter}",
            "neq" => $"{expression} <> {parameter}",
            "gt" or "after" => $"{expression} > {parameter}",
            "gte" => $"{expression} >= {parameter}",
            "lt" or "before" => $"{expression} < {parameter}",
            "lte" => $"{expression} <= {parameter}",
            _ => $"position({parameter} in {expression}) > 0",
        };
    }

    // Null when the setting that names the column is empty.
    private string? Expression(string source)
    {
        switch (source)
        {
            case "contacts.country": return $"c.{tables.ContactCountry}::text";
            case "contacts.language": return $"c.{tables.ContactLanguage}::text";
            case "contacts.email": return $"nullif(split_part(lower(c.{tables.ContactEmail}), '@', 2), '')";
            case "contacts.marketing_consent": return $"c.{tables.ContactMarketingConsent}";
            case "contacts.created_at": return $"(c.{tables.ContactCreatedAt} at time zone 'UTC')::date";
            case "contacts.birth_date": return tables.ContactBirthDate.Length == 0 ? null : $"c.{tables.ContactBirthDate}";
            // Drawn from the key, so that it stays; unlike hashtext this gives the same in every version of PostgreSQL.
            case "contacts.random_bucket": return $"('x' || left(encode(sha256(c.{tables.ContactId}::text::bytea), 'hex'), 7))::bit(28)::int % 100";
            case "events.unsubscribed":
                reads.EventTypes.Add("unsubscribed");
                return joins.In("contact_id", "marketing.campaign_events where event_type = 'unsubscribed'", "group by 1");
            case "events.opened" or "events.clicked":
                var type = source["events.".Length..];
                reads.EventTypes.Add(type);
                return joins.LastEvent(type);
            default:
                reads.Reservations = true;
                reads.Today |= source != "reservations.cancelled";
                return source switch
                {
                    "reservations.count" => $"coalesce({joins.Stay("stays")}, 0)",
                    "reservations.check_out" => joins.Stay("last_check_out"),
                    "reservations.check_in" => joins.Stay("next_check_in"),
                    "reservations.total_amount" => $"coalesce({joins.Stay("total_spent")}, 0)",
                    "reservations.guests" => joins.Stay("party_size"),
                    "reservations.nights" => $"coalesce({joins.Stay("nights")}, 0)",
                    "reservations.cancelled" => $"coalesce({joins.Stay("cancelled")}, 0)",
                    _ => joins.Stay("lead_time"),
                };
        }
    }

    private string OneOf(CriteriaField field, CriteriaSource source, string op, JsonElement value, string path, bool isOne)
    {
        isOne |= op is "eq" or "neq";
        var texts = value.ValueKind == JsonValueKind.Array && op is "in" or "not_in" ? value.EnumerateArray().Select(Text).ToList() : isOne ? [Text(value)] : [];
        if (texts.Count is 0 or > CriteriaOperator.MaxValues || texts.Any(text => text is null))
            return Refuse(path, "wrong_type", isOne ? $"{field.Code} takes a text of at most {MaxTextLength} characters." : $"{op} of {field.Code} takes an array of 1 to {CriteriaOperator.MaxValues} texts.");
        var parameter = Add(texts.ToArray());
        var isMatch = op is "in" or "eq";
        if (!source.IsMany)
        {
            var expression = Expression(source.Name);
            return isMatch ? $"{expression} = any({parameter})" : $"{expression} <> all({parameter})";
        }
        reads.Reservations = true;
        var column = source.Name == "reservations.channel" ? tables.ReservationChannel : tables.ReservationPropertyId;
        var condition = joins.In(tables.ReservationContactId, $"{tables.Reservations} where {tables.ReservationStatus}::text not in ('cancelled', 'no_show') and {column}::text = any({parameter})", "group by 1");
        return isMatch ? condition : $"not {condition}";
    }

    private string Between(CriteriaField field, string expression, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2) return Refuse(path, "wrong_type", "between takes an array of the first and the last value.");
        return Scalar(field, value[0], $"{path}[0]") is { } first && Scalar(field, value[1], $"{path}[1]") is { } last ? $"{expression} between {first} and {last}" : "false";
    }

    private string Relative(string expression, string op, JsonElement value, string path)
    {
        const string today = CriteriaJoins.Today;
        var least = op == "within_last_days" ? -CriteriaOperator.MaxDays : 0;
        var most = op == "anniversary_within_days" ? 366 : CriteriaOperator.MaxDays;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var days) || days < least || days > most)
            return Refuse(path, "wrong_type", $"{op} takes a whole number of days from {least} to {most}{(least < 0 ? "; a negative one looks ahead" : "")}.");
        reads.Today = true;
        return op switch
        {
            "within_last_days" when days >= 0 => $"{expression} between {today} - {Add(days)}::int and {today}",
            "within_last_days" => $"{expression} between {today} and {today} + {Add(-days)}::int",
            "within_next_days" => $"{expression} between {today} and {today} + {Add(days)}::int",
            "more_than_days_ago" => $"{expression} < {today} - {Add(days)}::int",
            _ => $"marketing_ops.days_to_anniversary({expression}, {today}) <= {Add(days)}",
        };
    }

    // The parameter's name; null when the value is refused.
    private string? Scalar(CriteriaField field, JsonElement value, string path)
    {
        switch (field.DataType)
        {
            case "number" when value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number): return Add(number);
            case "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False: return Add(value.GetBoolean());
            case "text" when Text(value) is { } text: return Add(text);
            case "date" when Text(value) is { } text && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day): return Add(day);
        }
        Refuse(path, "wrong_type", $"{field.Code} takes a {field.DataType}{(field.DataType == "date" ? ", for example \"2026-01-31\"" : "")}.");
        return null;
    }

    // Null when the value is no text that PostgreSQL can hold: an escape may name half a character.
    private static string? Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString() is { Length: <= MaxTextLength } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
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
