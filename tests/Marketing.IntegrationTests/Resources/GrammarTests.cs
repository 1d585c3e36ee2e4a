using System.Globalization;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Resources;

/// <summary>Random conditions of the grammar, each evaluated in C# over the fetched table and compared with what the API finds.</summary>
public sealed class GrammarTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private const int Queries = 1500;
    private const string Marks = "()[]{}.,:;'\"\\*%&=+-<>!~$#@ \t\u00e9";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(20261124)]
    public async Task Random_conditions_mean_what_they_say(int seed)
    {
        var random = new Random(seed);
        await FillAsync();
        var rows = (await app.GetAsync("campaigns?goal=eq.grammar&select=id,campaign_name,budget,campaign_type,start_date,target_metrics")).AsArray();
        var hits = 0;
        for (var i = 0; i < Queries; i++)
        {
            var condition = Condition(random, depth: 0);
            var expected = rows.Where(row => condition.Evaluate(row!.AsObject()) == true).Select(row => (string)row!["id"]!).ToList();
            var query = $"campaigns?goal=eq.grammar&select=id&order=id&limit=10000&{condition.AsParameter()}";
            using var response = await app.Admin.GetAsync(query, Stop);
            var body = await response.Content.ReadAsStringAsync(Stop);
            Assert.True(response.IsSuccessStatusCode, $"{query}\n{body}");
            Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(JsonNode.Parse(body)!.AsArray().Select(row => (string)row!["id"]!)), $"{query}\nexpected {expected.Count}, found {JsonNode.Parse(body)!.AsArray().Count}");
            if (expected.Count > 0 && expected.Count < rows.Count) hits++;
        }
        // The conditions must tell rows apart, or the comparison would prove nothing.
        Assert.True(hits > Queries / 4, $"{hits}");
    }

    [Fact]
    public async Task Damaged_queries_are_refused_and_never_fail()
    {
        var random = new Random(7);
        await FillAsync();
        var refused = 0;
        for (var i = 0; i < Queries; i++)
        {
            var query = $"campaigns?goal=eq.grammar&select=id,campaign_name,posts:social_posts(caption,count())&order=budget.desc.nullslast,id&limit=5&{Condition(random, 0).AsParameter()}".ToCharArray().ToList();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                var at = random.Next("campaigns?".Length, query.Count);
                switch (random.Next(3))
                {
                    case 0: query.RemoveAt(at); break;
                    case 1: query.Insert(at, Marks[random.Next(Marks.Length)]); break;
                    default: query[at] = (char)random.Next(33, 127); break;
                }
            }
            using var response = await app.Admin.GetAsync(new string([.. query]).Replace("#", "%23", StringComparison.Ordinal), Stop);
            var body = await response.Content.ReadAsStringAsync(Stop);
            Assert.True((int)response.StatusCode < 500, $"{new string([.. query])}\n{(int)response.StatusCode} {body}");
            if (response.IsSuccessStatusCode) continue;
            refused++;
            Assert.False(string.IsNullOrEmpty((string?)JsonNode.Parse(body)!["code"]), body);
        }
        Assert.True(refused > Queries / 4, $"{refused}");
    }

    [Theory]
    [InlineData("'; drop table marketing.campaigns; --")]
    [InlineData("1) or (1=1")]
    [InlineData("\" or \"\"=\"")]
    [InlineData("$1::text; select pg_sleep(10)")]
    [InlineData("\\'; delete from marketing.campaigns where ''='")]
    [InlineData("x'||(select version())||'")]
    [InlineData("t0.id\" from marketing.campaigns t0; --")]
    [InlineData("row_to_json(t0)")]
    public async Task Sql_in_every_position_is_refused_or_is_a_value(string attack)
    {
        await FillAsync();
        var rows = await app.Product.QueryAsync<long>("select count(*) from marketing.campaigns");
        var text = Uri.EscapeDataString(attack);
        foreach (var query in new[]
                 {
                     $"campaigns?select={text}", $"campaigns?select=x:{text}", $"campaigns?select={text}:id", $"campaigns?select=id::{text}", $"campaigns?select=target_metrics->{text}", $"campaigns?select={text}(id)",
                     $"campaigns?select=social_posts!{text}(id)", $"campaigns?select=budget.{text}()", $"campaigns?order={text}", $"campaigns?order=id.{text}", $"campaigns?limit={text}", $"campaigns?offset={text}", $"campaigns?cursor={text}",
                     $"campaigns?{text}=eq.1", $"campaigns?campaign_name=eq.{text}", $"campaigns?campaign_name={text}.x", $"campaigns?campaign_name=in.({text})", $"campaigns?campaign_name=eq(any).{{{text}}}", $"campaigns?campaign_name=fts({text}).x",
                     $"campaigns?or=({text})", $"campaigns?or=(campaign_name.eq.{text})", $"campaigns?and=(social_posts({text}))", $"campaigns?target_metrics->>{text}=eq.1", $"campaigns?target_metrics=cs.{text}", $"campaigns?q={text}", $"campaigns/{text}", $"{text}",
                 })
        {
            using var response = await app.Admin.GetAsync(query, Stop);
            Assert.True((int)response.StatusCode < 500, $"{query}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Stop)}");
        }
        Assert.Equal(rows, await app.Product.QueryAsync<long>("select count(*) from marketing.campaigns"));
    }

    private async Task FillAsync()
    {
        if (await app.Product.QueryAsync<long>("select count(*) from marketing.campaigns where goal = 'grammar'") > 0) return;
        await app.Product.ExecuteAsync("""
            insert into marketing.campaigns (campaign_name, campaign_type, goal, budget, start_date, target_metrics)
            select case n % 7 when 0 then 'Sea, (and) "sun"' when 1 then 'sea\side' else 'Name ' || n end, (array['email', 'social', 'sms'])[1 + n % 3], 'grammar', case when n % 4 > 0 then (n % 10) * 10 end,
                case when n % 5 > 0 then date '2026-11-01' + n % 9 end, case when n % 3 > 0 then jsonb_build_object('clicks', n % 6, 'kind', case when n % 2 = 0 then 'odd' end) end
            from generate_series(1, 80) n
            """);
    }

    private static Node Condition(Random random, int depth)
    {
        if (depth < 3 && random.Next(3) == 0)
            return new Tree(random.Next(2) == 0, random.Next(4) == 0, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Condition(random, depth + 1))]);
        var negated = random.Next(4) == 0;
        return random.Next(6) switch
        {
            0 => new Leaf("budget", Pick(random, "eq", "neq", "gt", "gte", "lt", "lte", "isdistinct"), (random.Next(10) * 10).ToString(CultureInfo.InvariantCulture), negated, Decimals),
            1 => new Leaf("start_date", Pick(random, "eq", "neq", "gt", "gte", "lt", "lte", "isdistinct"), $"2026-11-0{random.Next(1, 10)}", negated, Texts),
            2 => new Leaf("campaign_name", Pick(random, "eq", "neq", "isdistinct"), Pick(random, "Sea, (and) \"sun\"", "sea\\side", "Name 2", "Name 30"), negated, Texts),
            3 => new Leaf(Pick(random, "budget", "start_date", "target_metrics"), "is", "null", negated, Texts),
            4 => new Leaf(Pick(random, "target_metrics->>clicks", "target_metrics->>kind"), Pick(random, "eq", "neq"), Pick(random, "1", "2", "odd"), negated, Texts),
            _ => new In("campaign_type", [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => Pick(random, "email", "social", "sms", "x"))], negated),
        };
    }

    private static string Pick(Random random, params string[] items) => items[random.Next(items.Length)];

    private static int Decimals(string one, string other) => decimal.Parse(one, CultureInfo.InvariantCulture).CompareTo(decimal.Parse(other, CultureInfo.InvariantCulture));

    private static int Texts(string one, string other) => string.CompareOrdinal(one, other);

    // Conditions with SQL's three truth values: null is unknown.
    private abstract record Node
    {
        public abstract bool? Evaluate(JsonObject row);

        public abstract string InTree();

        public abstract string AsParameter();

        protected static string? Value(JsonObject row, string column)
        {
            var parts = column.Split("->>");
            var value = parts.Length == 1 ? row[column] : row[parts[0]]?[parts[1]];
            return value is null ? null : value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString();
        }

        protected static string Quoted(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    private sealed record Leaf(string Column, string Operator, string Operand, bool Negated, Comparison<string> Compare) : Node
    {
        public override bool? Evaluate(JsonObject row)
        {
            var value = Value(row, Column);
            bool? result = Operator switch
            {
                "is" => value is null,
                "isdistinct" => value is null || Compare(value, Operand) != 0,
                _ when value is null => null,
                "eq" => Compare(value, Operand) == 0,
                "neq" => Compare(value, Operand) != 0,
                "gt" => Compare(value, Operand) > 0,
                "gte" => Compare(value, Operand) >= 0,
                "lt" => Compare(value, Operand) < 0,
                _ => Compare(value, Operand) <= 0,
            };
            return Negated ? !result : result;
        }

        public override string InTree() => Uri.EscapeDataString($"{Column}.{(Negated ? "not." : "")}{Operator}.{(Operator == "is" ? Operand : Quoted(Operand))}");

        public override string AsParameter() => $"{Uri.EscapeDataString(Column)}={Uri.EscapeDataString($"{(Negated ? "not." : "")}{Operator}.{Operand}")}";
    }

    private sealed record In(string Column, string[] Values, bool Negated) : Node
    {
        public override bool? Evaluate(JsonObject row) => Values.Contains(Value(row, Column)) != Negated;

        public override string InTree() => $"{Column}.{(Negated ? "not." : "")}in.({string.Join(',', Values)})";

        public override string AsParameter() => $"{Column}={(Negated ? "not." : "")}in.({string.Join(',', Values)})";
    }

    private sealed record Tree(bool IsAnd, bool Negated, Node[] Nodes) : Node
    {
        private string Name => $"{(Negated ? "not." : "")}{(IsAnd ? "and" : "or")}";

        public override bool? Evaluate(JsonObject row)
        {
            var results = Nodes.Select(node => node.Evaluate(row)).ToList();
            var decisive = !IsAnd;
            bool? result = results.Contains(decisive) ? decisive : results.Contains(null) ? null : IsAnd;
            return Negated ? !result : result;
        }

        public override string InTree() => $"{Name}({string.Join(',', Nodes.Select(node => node.InTree()))})";

        public override string AsParameter() => $"{Name}=({string.Join(',', Nodes.Select(node => node.InTree()))})";
    }
}
