using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace Marketing.IntegrationTests.Schema;

/// <summary>What is to be known of a schema, one line a fact, so that two schemas can be compared and a difference read.</summary>
internal static partial class SchemaFacts
{
    /// <summary>Facts of the contract that was written down from the owner's table map.</summary>
    public static SortedSet<string> OfContract()
    {
        using var contract = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Schema", "schema-contract.json")));
        var facts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var table in contract.RootElement.GetProperty("tables").EnumerateArray())
        {
            var name = table.GetProperty("name").GetString()!;
            facts.Add($"table {name}");
            var businessId = table.TryGetProperty("business_id", out var id) && id.ValueKind == JsonValueKind.Object ? id.GetProperty("column").GetString() : null;
            if (businessId is not null) facts.Add($"{name}.{businessId} is numbered by the database as {id.GetProperty("prefix").GetString()}");
            foreach (var column in table.GetProperty("columns").EnumerateArray())
            {
                var columnName = column.GetProperty("name").GetString()!;
                var standard = columnName == businessId ? "numbered" : column.GetProperty("default").GetString() ?? "none";
                facts.Add($"{name}.{columnName} {column.GetProperty("type").GetString()} {(column.GetProperty("nullable").GetBoolean() ? "null" : "not null")} default {standard}");
            }
            facts.Add($"{name} primary key ({Joined(table.GetProperty("primary_key"))})");
            foreach (var unique in table.GetProperty("uniques").EnumerateArray())
                facts.Add($"{name} unique ({Joined(unique.GetProperty("columns"))}){(unique.TryGetProperty("where", out var where) && where.GetString() is { } condition ? $" where {condition.ToLowerInvariant()}" : "")}");
            foreach (var check in table.GetProperty("checks").EnumerateArray())
                facts.Add(check.TryGetProperty("values", out var values) ? $"{name} check {check.GetProperty("name").GetString()} in ({Joined(values)})" : $"{name} check {check.GetProperty("name").GetString()}");
            foreach (var index in table.GetProperty("indexes").EnumerateArray())
                facts.Add($"{name} index {index.GetProperty("name").GetString()} {index.GetProperty("method").GetString()} ({Joined(index.GetProperty("columns"))}){(index.GetProperty("unique").GetBoolean() ? " unique" : "")}{(index.GetProperty("where").GetString() is { } only ? $" where {only}" : "")}");
            foreach (var key in table.GetProperty("foreign_keys").EnumerateArray())
                facts.Add($"{name}.{key.GetProperty("column").GetString()} references {key.GetProperty("references").GetString()} on delete {key.GetProperty("on_delete").GetString()!.ToLowerInvariant()}");
            if (table.GetProperty("updated_at_trigger").GetBoolean()) facts.Add($"{name}.updated_at is kept by a trigger");
        }
        return facts;
    }

    /// <summary>Facts of a live database.</summary>
    public static async Task<SortedSet<string>> OfDatabaseAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var facts = new SortedSet<string>(StringComparer.Ordinal);
        await AddAsync("select relname from pg_class where relnamespace = 'marketing'::regnamespace and relkind = 'r'", row => [$"table {row[0]}"]);
        await AddAsync("""
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text, pg_get_expr(d.adbin, d.adrelid)
            from   pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where  c.relnamespace = 'marketing'::regnamespace and c.relkind = 'r'
            """, Column);
        await AddAsync("""
            select c.relname, o.contype::text, o.conname, pg_get_constraintdef(o.oid), (select string_agg(a.attname, ', ' order by k.n) from unnest(o.conkey) with ordinality k (attnum, n) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum),
                   case when o.contype = 'f' then (select n.nspname || '.' || f.relname from pg_class f join pg_namespace n on n.oid = f.relnamespace where f.oid = o.confrelid) end, o.confdeltype::text
            from   pg_constraint o join pg_class c on c.oid = o.conrelid
            where  c.relnamespace = 'marketing'::regnamespace and o.contype in ('p', 'f', 'c')
            """, Constraint);
        await AddAsync("""
            select c.relname, i.relname, m.amname, x.indisunique::text, x.indisprimary::text, pg_get_expr(x.indpred, x.indrelid),
                   (select string_agg(a.attname, ', ' order by k.n) from unnest(x.indkey) with ordinality k (attnum, n) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum)
            from   pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid join pg_am m on m.oid = i.relam
            where  c.relnamespace = 'marketing'::regnamespace
            """, Index);
        await AddAsync("""
            select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'marketing'::regnamespace and t.tgname = 'set_updated_at' and t.tgenabled = 'O'
            """, row => [$"{row[0]}.updated_at is kept by a trigger"]);
        return facts;

        async Task AddAsync(string sql, Func<string?[], IEnumerable<string>> toFacts)
        {
            await using var command = database.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)).ToArray();
                facts.UnionWith(toFacts(row));
            }
        }
    }

    private static IEnumerable<string> Column(string?[] row)
    {
        var numbered = row[4] is { } expression ? BusinessId().Match(expression) : Match.Empty;
        if (numbered.Success) yield return $"{row[0]}.{row[1]} is numbered by the database as {numbered.Groups[1].Value}";
        var type = row[2]!.Replace("timestamp with time zone", "timestamptz", StringComparison.Ordinal).Replace("time without time zone", "time", StringComparison.Ordinal);
        var standard = numbered.Success ? "numbered" : row[4] is null ? "none" : Cast().Replace(row[4]!, "").Replace("marketing.", "", StringComparison.Ordinal);
        yield return $"{row[0]}.{row[1]} {type} {(row[3] == "true" ? "not null" : "null")} default {standard}";
    }

    private static IEnumerable<string> Constraint(string?[] row)
    {
        switch (row[1])
        {
            case "p":
                yield return $"{row[0]} primary key ({row[4]})";
                break;
            case "f":
                var action = row[6] switch { "c" => "cascade", "n" => "set null", "a" => "no action", "r" => "restrict", _ => "set default" };
                yield return $"{row[0]}.{row[4]} references {row[5]} on delete {action}";
                break;
            default:
                var values = Quoted().Matches(row[3]!).Select(match => match.Groups[1].Value).ToList();
                yield return values.Count > 0 ? $"{row[0]} check {row[2]} in ({string.Join(", ", values)})" : $"{row[0]} check {row[2]}";
                break;
        }
    }

    private static IEnumerable<string> Index(string?[] row)
    {
        if (row[4] == "true") yield break;
        var where = row[5] is null ? "" : $" where {row[5]!.Trim('(', ')').ToLowerInvariant()}";
        if (row[3] == "true") yield return $"{row[0]} unique ({row[6]}){where}";
        if (row[1]!.StartsWith("idx_", StringComparison.Ordinal) || row[3] != "true") yield return $"{row[0]} index {row[1]} {row[2]} ({row[6]}){(row[3] == "true" ? " unique" : "")}{where}";
    }

    private static string Joined(JsonElement list) => string.Join(", ", list.EnumerateArray().Select(item => item.GetString()));

    [GeneratedRegex(@"business_id\('(\w+)'")]
    private static partial Regex BusinessId();

    [GeneratedRegex(@"::[\w ]+(\[\])?")]
    private static partial Regex Cast();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
