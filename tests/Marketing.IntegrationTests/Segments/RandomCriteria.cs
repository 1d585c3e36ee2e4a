using System.Globalization;
using System.Text.Json.Nodes;

namespace Marketing.IntegrationTests.Segments;

/// <summary>Random trees of criteria: mostly sound, some with a fault somewhere.</summary>
internal sealed class RandomCriteria(Random random, string[] segments, string[] campaigns, string[] properties)
{
    private static readonly string[] Numbers = ["eq", "neq", "gt", "gte", "lt", "lte", "between"];
    private static readonly string[] Days = ["before", "after", "between", "within_last_days", "within_next_days", "more_than_days_ago", "anniversary_within_days", "is_null"];

    private static readonly (string Field, string Type, string[] Operators)[] Fields =
    [
        ("country", "country", ["in", "not_in", "eq", "neq"]), ("language", "language", ["in", "not_in", "eq", "neq"]), ("email_domain", "domain", ["eq", "neq", "in", "not_in", "contains", "is_null"]),
        ("marketing_consent", "boolean", ["eq"]), ("contact_created_at", "date", Days), ("stays", "number", Numbers), ("nights", "number", Numbers), ("total_spent", "number", Numbers),
        ("cancelled_bookings", "number", Numbers), ("lead_time", "number", [.. Numbers, "is_null"]), ("party_size", "number", Numbers), ("random_bucket", "number", Numbers),
        ("last_check_out", "date", Days), ("next_check_in", "date", Days), ("email_opened", "date", Days), ("email_clicked", "date", Days),
        ("birthday", "date", ["before", "after", "between", "anniversary_within_days", "is_null"]), ("booking_channel", "channel", ["in", "not_in", "eq"]), ("property", "property", ["in", "not_in"]),
        ("unsubscribed", "boolean", ["eq"]),
    ];

    /// <summary>A tree. One in ten has a fault.</summary>
    public JsonObject Tree(bool mayFail = true)
    {
        var tree = Node(0);
        return mayFail && random.Next(10) == 0 ? Break(tree) : tree;
    }

    private JsonObject Node(int depth)
    {
        if (depth < 4 && random.Next(100) < (depth == 0 ? 80 : 35))
        {
            var members = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)Node(depth + 1))]);
            return random.Next(3) switch { 0 => new JsonObject { ["all"] = members }, 1 => new JsonObject { ["any"] = members }, _ => new JsonObject { ["not"] = Node(depth + 1) } };
        }
        return random.Next(10) switch { 0 => new JsonObject { ["segment"] = Pick(segments) }, 1 or 2 => new JsonObject { ["performed"] = Performed() }, _ => Clause() };
    }

    private JsonObject Performed()
    {
        var performed = new JsonObject { ["event"] = Pick(["opened", "clicked", "sent", "unsubscribed", "bounced"]) };
        if (random.Next(2) == 0) performed["campaign"] = Pick(campaigns);
        if (random.Next(2) == 0) performed["count"] = new JsonObject { ["gte"] = random.Next(1, 4) };
        if (random.Next(2) == 0) performed["within"] = string.Create(CultureInfo.InvariantCulture, $"P{random.Next(0, 400)}D");
        return performed;
    }

    private JsonObject Clause()
    {
        var (field, type, operators) = Fields[random.Next(Fields.Length)];
        var op = operators[random.Next(operators.Length)];
        JsonNode value = op switch
        {
            "is_null" => random.Next(2) == 0,
            "in" or "not_in" => new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Scalar(type))]),
            "between" => new JsonArray(Scalar(type), Scalar(type)),
            "within_last_days" => random.Next(-400, 400),
            "within_next_days" or "more_than_days_ago" => random.Next(0, 400),
            "anniversary_within_days" => random.Next(0, 367),
            "contains" => Pick(["example", ".org", "e", "%", "_"]),
            _ => Scalar(type),
        };
        return new JsonObject { ["field"] = random.Next(3) == 0 ? $"contact.{field}" : field, [random.Next(2) == 0 ? "op" : "operator"] = op, ["value"] = value };
    }

    private JsonNode Scalar(string type) => type switch
    {
        "country" => Pick(["PT", "DE", "GB", "FR", "XX"]),
        "language" => Pick(["pt", "de", "en", "fr", "'; drop table x"]),
        "domain" => Pick(["example.com", "example.org", "", "EXAMPLE.COM"]),
        "channel" => Pick(["direct", "airbnb", "vrbo", "moon"]),
        "property" => Pick(properties),
        "boolean" => random.Next(2) == 0,
        "number" => random.Next(4) switch { 0 => random.Next(0, 4), 1 => random.Next(0, 100), 2 => random.Next(-5, 8000), _ => Math.Round((decimal)random.NextDouble() * 3000, 2) },
        _ => DateOnly.FromDateTime(DateTime.UtcNow).AddDays(random.Next(-700, 200)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    // One leaf or group gets a member, value or name that does not belong there.
    private JsonObject Break(JsonObject tree)
    {
        var nodes = new List<JsonObject>();
        void Collect(JsonNode? node)
        {
            if (node is JsonObject found)
            {
                nodes.Add(found);
                foreach (var (_, child) in found) Collect(child);
            }
            else if (node is JsonArray list)
            {
                foreach (var child in list) Collect(child);
            }
        }
        Collect(tree);
        var victim = nodes[random.Next(nodes.Count)];
        switch (random.Next(6))
        {
            case 0: victim["surprise"] = 1; break;
            case 1: victim[victim.First().Key] = JsonNode.Parse("null"); break;
            case 2: victim[victim.First().Key] = new JsonArray(); break;
            case 3: victim[victim.Last().Key] = JsonNode.Parse("""{"a":{"b":[]}}"""); break;
            case 4: victim[victim.Last().Key] = 1e300; break;
            default: victim[victim.First().Key] = JsonNode.Parse("\"\\u0000\""); break;
        }
        return tree;
    }

    private string Pick(string[] values) => values[random.Next(values.Length)];
}
