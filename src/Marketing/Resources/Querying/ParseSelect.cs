using System.Text.RegularExpressions;
using Marketing.Identity;
using Marketing.Resources.Access;

namespace Marketing.Resources.Querying;

/// <summary>Reads <c>select</c>: columns, aliases, casts, paths, aggregates, related rows.</summary>
internal sealed partial class ParseSelect(CallerAccess access)
{
    /// <summary>Deepest nesting of related rows.</summary>
    public const int MaxDepth = 5;

    /// <summary>Most relations of one request.</summary>
    public const int MaxEmbeddings = 20;

    private const string Parameter = "select";

    private static readonly Dictionary<string, string> Casts = new(StringComparer.Ordinal)
    {
        ["text"] = "text",
        ["varchar"] = "text",
        ["int"] = "integer",
        ["int4"] = "integer",
        ["integer"] = "integer",
        ["bigint"] = "bigint",
        ["int8"] = "bigint",
        ["numeric"] = "numeric",
        ["float8"] = "double precision",
        ["boolean"] = "boolean",
        ["bool"] = "boolean",
        ["date"] = "date",
        ["time"] = "time",
        ["timestamptz"] = "timestamptz",
        ["uuid"] = "uuid",
        ["json"] = "json",
        ["jsonb"] = "jsonb",
    };

    private static readonly Dictionary<string, Aggregate> Aggregates = new(StringComparer.Ordinal)
    {
        ["count"] = Aggregate.Count,
        ["sum"] = Aggregate.Sum,
        ["avg"] = Aggregate.Average,
        ["min"] = Aggregate.Minimum,
        ["max"] = Aggregate.Maximum,
    };

    private int embeddings;

    /// <summary>Adds what the text names to the level; null or empty is every column.</summary>
    /// <exception cref="Problems.ProblemException">A name is unknown, or the text cannot be read.</exception>
    public void Run(ReadQuery query, string? text) => Run(query, text is null or "" ? "*" : text, 1);

    private void Run(ReadQuery query, string text, int depth)
    {
        if (!QueryText.TrySplit(text, out var items)) throw QueryProblems.Refuse(Parameter, "invalid_select", "A bracket or a quote of select is not closed.");
        foreach (var item in items.Select(item => item.Trim()))
        {
            if (item.Length == 0 && items.Count == 1) return;
            if (item == "*") query.Select.AddRange(query.Access.Columns.Select(column => new SelectItem.Value(column.Name, new Operand(column), null)));
            else Add(query, item, depth);
        }
        var names = Names(query).ToList();
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count) Deduplicate(query);
        if (query.IsGrouped && query.Embeddings.Any(related => !related.IsSpread))
            throw QueryProblems.Refuse(Parameter, "invalid_select", "Related rows cannot stand beside aggregates. Spread a related column instead: ...campaigns(campaign_name).");
    }

    private void Add(ReadQuery query, string item, int depth)
    {
        if (item.EndsWith(')') && Embedded().Match(item) is { Success: true } match && !Aggregates.ContainsKey(match.Groups["target"].Value)) AddRelated(query, item, match, depth);
        else query.Select.Add(Value(query, item));
    }

    private void AddRelated(ReadQuery query, string item, Match match, int depth)
    {
        if (depth >= MaxDepth) throw QueryProblems.Refuse(Parameter, "too_deep", $"Nest related rows at most {MaxDepth} deep.");
        if (++embeddings > MaxEmbeddings) throw QueryProblems.Refuse(Parameter, "too_many_relations", $"Name at most {MaxEmbeddings} relations in one request.");
        var (hint, isInner) = ((string?)null, false);
        foreach (Capture mark in match.Groups["mark"].Captures)
        {
            if (mark.Value == "inner") isInner = true;
            else if (mark.Value != "left") hint = mark.Value;
        }
        var target = match.Groups["target"].Value;
        var relation = FindRelation.Run(access, query.Access.Resource, target, hint, Parameter);
        var level = new ReadQuery(access.To(relation.Target, TableAction.Read)!);
        var name = match.Groups["alias"] is { Success: true } alias ? Name(alias.Value) : target;
        var related = new Embedding(name, relation, isInner, match.Groups["spread"].Success, level);
        query.Select.Add(new SelectItem.Related(related));
        var inside = item[(item.IndexOf('(', StringComparison.Ordinal) + 1)..^1];
        if (inside.Length > 0) Run(level, inside, depth + 1);
        if (related.IsSpread && level.IsGrouped) throw QueryProblems.Refuse(Parameter, "invalid_select", "A spread relation cannot hold aggregates. Write them without the three dots.");
    }

    private static SelectItem Value(ReadQuery query, string item)
    {
        var match = Plain().Match(item);
        if (!match.Success) throw QueryProblems.Refuse(Parameter, "invalid_select", $"'{QueryText.Shorten(item)}' cannot be read. Write alias:column::type, column->key, column.sum(), count() or relation(columns).");
        var alias = match.Groups["alias"] is { Success: true } named ? Name(named.Value) : null;
        var (field, innerCast, cast) = (match.Groups["field"].Value, Cast(match.Groups["inner"]), Cast(match.Groups["cast"]));
        var isCount = field == "count" && query.Access.Find("count") is null;
        if (!match.Groups["aggregate"].Success && !isCount) return new SelectItem.Value(alias ?? ParseOperand.Run(query.Access, field, Parameter).Name, ParseOperand.Run(query.Access, field, Parameter), innerCast);
        if (isCount) return new SelectItem.Aggregated(alias ?? "count", Aggregate.Count, null, null, cast ?? innerCast);

        var function = match.Groups["aggregate"].Value;
        if (!Aggregates.TryGetValue(function, out var aggregate)) throw QueryProblems.Refuse(Parameter, "unknown_aggregate", $"'{function}' is no aggregate. Use count, sum, avg, min or max.");
        var operand = ParseOperand.Run(query.Access, field, Parameter);
        var type = innerCast ?? operand.Type.Name;
        var fits = aggregate switch
        {
            Aggregate.Count => true,
            Aggregate.Sum or Aggregate.Average => type is "integer" or "bigint" or "numeric" or "double precision",
            _ => type is not ("jsonb" or "json" or "boolean" or "uuid" or "text[]"),
        };
        if (!fits) throw QueryProblems.Refuse(Parameter, "operator_does_not_fit", $"{function} does not fit {operand}, which is {type}. Cast it first: {operand}::numeric.{function}().");
        return new SelectItem.Aggregated(alias ?? function, aggregate, operand, innerCast, cast);
    }

    private static string? Cast(Group group)
    {
        if (!group.Success) return null;
        return Casts.TryGetValue(group.Value, out var type) ? type : throw QueryProblems.Refuse(Parameter, "unknown_type", $"'{QueryText.Shorten(group.Value)}' is no type to cast to. Types: {string.Join(", ", Casts.Keys)}.", apiCode: "42704");
    }

    // PostgreSQL cuts identifiers after 63 bytes, so that two longer names could become one.
    private static string Name(string alias)
    {
        var name = QueryText.Unquote(alias);
        return System.Text.Encoding.UTF8.GetByteCount(name) is > 0 and <= 63 && ColumnType.Text.TryParse(name, out _) ? name : throw QueryProblems.Refuse(Parameter, "invalid_alias", "An alias has 1 to 63 bytes.");
    }

    private static IEnumerable<string> Names(ReadQuery query) => query.Select.SelectMany(item => item switch
    {
        SelectItem.Value value => [value.Name],
        SelectItem.Aggregated value => [value.Name],
        SelectItem.Related { Embedding: { IsSpread: true } related } => Names(related.Query),
        SelectItem.Related { Embedding: var related } => related.Query.Select.Count == 0 ? [] : [related.Name],
        _ => [],
    });

    // The same column twice is one; two different things of one name would make JSON with a name twice.
    private static void Deduplicate(ReadQuery query)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        query.Select.RemoveAll(item => item is SelectItem.Value value && query.Select.OfType<SelectItem.Value>().First(other => other.Name == value.Name) is var first && !ReferenceEquals(first, value) && first.Operand == value.Operand && first.Cast == value.Cast);
        foreach (var name in Names(query))
        {
            if (!seen.Add(name)) throw QueryProblems.Refuse(Parameter, "repeated_name", $"Two values would be called '{QueryText.Shorten(name)}'. Give one an alias: other_name:{QueryText.Shorten(name)}.");
        }
    }

    [GeneratedRegex("""^(?<spread>\.\.\.)?(?:(?<alias>"[^"]+"|[\w ]+):(?!:))?(?<target>\w+)(?:!(?<mark>\w+))*\(""")]
    private static partial Regex Embedded();

    [GeneratedRegex("""^(?:(?<alias>"[^"]+"|[\w ]+):(?!:))?(?<field>(?:"[^"]+"|\w+)(?:->>?(?:"[^"]+"|[\w -]+?))*?)(?:::(?<inner>\w+))?(?:\.(?<aggregate>\w+)\(\)|(?<=count)\(\))?(?:::(?<cast>\w+))?$""")]
    private static partial Regex Plain();
}
