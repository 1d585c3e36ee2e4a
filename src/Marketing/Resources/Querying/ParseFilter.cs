using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Access;

namespace Marketing.Resources.Querying;

/// <summary>Reads conditions: <c>column=op.value</c> and the trees of <c>and</c> and <c>or</c>. The grammar is PostgREST's.</summary>
/// <param name="access">What the caller may do.</param>
/// <param name="claims">Claims that <c>$claims.name</c> stands for; null where that is plain text.</param>
internal sealed class ParseFilter(CallerAccess access, IReadOnlyDictionary<string, IReadOnlyList<string>>? claims = null)
{
    /// <summary>Most conditions of one request.</summary>
    public const int MaxTerms = 100;

    /// <summary>Deepest nesting of <c>and</c> and <c>or</c>.</summary>
    public const int MaxDepth = 10;

    private const string Operators = "eq, neq, gt, gte, lt, lte, like, ilike, match, imatch, in, is, isdistinct, cs, cd, ov, fts, plfts, phfts, wfts, each also after not.";

    private int terms;

    /// <summary>Text search configurations that come with PostgreSQL.</summary>
    public static IReadOnlySet<string> Languages { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "simple", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "greek", "hindi", "hungarian", "indonesian",
        "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese", "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
    };

    /// <summary>Reads <c>column=text</c>.</summary>
    /// <exception cref="ProblemException">The column or the operator is unknown, or the value does not fit.</exception>
    public Filter Parameter(Resource resource, string column, string text) => Operation(ParseOperand.Run(Readable(resource), column, column), column, text, isInTree: false);

    /// <summary>Reads <c>and=(…)</c>, <c>or=(…)</c>, <c>not.and=(…)</c>, <c>not.or=(…)</c>.</summary>
    /// <exception cref="ProblemException">The tree cannot be read.</exception>
    public Filter Group(Resource resource, string name, string text, IEnumerable<Embedding>? embeddings = null)
    {
        if (text.Length < 2 || text[0] != '(' || text[^1] != ')') throw QueryProblems.Refuse(name, "invalid_tree", $"Write the conditions in round brackets: {name}=(status.eq.draft,budget.gt.5).", "invalid_filter");
        return Tree(resource, name, name, text, embeddings ?? [], 1);
    }

    /// <summary>A condition on whether related rows exist: <c>versions=not.is.null</c>.</summary>
    /// <exception cref="ProblemException">Another operator.</exception>
    public static Filter Existence(Embedding embedding, string parameter, string text) => text switch
    {
        "is.null" => new Filter.Not(new Filter.Exists(embedding.Relation, embedding.Query.Filters)),
        "not.is.null" => new Filter.Exists(embedding.Relation, embedding.Query.Filters),
        _ => throw QueryProblems.Refuse(parameter, "invalid_value", $"Of related rows write {embedding.Name}=is.null or {embedding.Name}=not.is.null; {embedding.Name}.column=operator.value filters them.", "invalid_filter"),
    };

    private Filter Tree(Resource resource, string parameter, string kind, string text, IEnumerable<Embedding> embeddings, int depth)
    {
        if (depth > MaxDepth) throw QueryProblems.Refuse(parameter, "too_deep", $"Nest and and or at most {MaxDepth} deep.", "invalid_filter");
        if (!QueryText.TrySplit(text[1..^1], out var items)) throw QueryProblems.Refuse(parameter, "invalid_tree", "A bracket or a quote is not closed. Put values with brackets or commas in double quotes.", "invalid_filter");
        var filters = items.Select(item => Node(resource, parameter, item.Trim(), embeddings, depth)).ToList();
        return kind switch
        {
            "and" => new Filter.All(filters),
            "or" => new Filter.Any(filters),
            "not.and" => new Filter.Not(new Filter.All(filters)),
            _ => new Filter.Not(new Filter.Any(filters)),
        };
    }

    private Filter Node(Resource resource, string parameter, string text, IEnumerable<Embedding> embeddings, int depth)
    {
        if (text.StartsWith("not.", StringComparison.Ordinal)) return new Filter.Not(Node(resource, parameter, text[4..], embeddings, depth));
        if (QueryText.Bracket(text) is var bracket and > 0)
        {
            var name = text[..bracket];
            if (name is "and" or "or") return Tree(resource, parameter, name, text[bracket..], embeddings, depth + 1);
            var (target, hint) = name.Split('!') is [var first, var second] ? (first, second) : (name, null);
            var relation = FindRelation.Run(access, resource, target, hint, parameter);
            var inner = Tree(relation.Target, parameter, "and", text[bracket..], [], depth + 1);
            return new Filter.Exists(relation, access.To(relation.Target, TableAction.Read)!.Rows is { } rows ? [rows, inner] : [inner]);
        }

        var dot = NameEnd(text);
        if (dot <= 0) throw QueryProblems.Refuse(parameter, "invalid_tree", $"'{QueryText.Shorten(text)}' is no condition. Write column.operator.value, for example status.eq.draft.", "invalid_filter");
        var (column, operation) = (text[..dot], text[(dot + 1)..]);
        return embeddings.FirstOrDefault(embedding => embedding.Name == column) is { } related
            ? Existence(related, parameter, operation)
            : Operation(ParseOperand.Run(Readable(resource), column, parameter), parameter, operation, isInTree: true);
    }

    private static int NameEnd(string text)
    {
        var from = text.StartsWith('"') ? text.IndexOf('"', 1) : 0;
        return from < 0 ? -1 : text.IndexOf('.', from);
    }

    private Filter Operation(Operand operand, string parameter, string text, bool isInTree)
    {
        if (text.StartsWith("not.", StringComparison.Ordinal)) return new Filter.Not(Operation(operand, parameter, text[4..], isInTree));
        if (++terms > MaxTerms) throw QueryProblems.Refuse(parameter, "too_many_terms", $"Send at most {MaxTerms} conditions; in.(…) holds any number of values.", "invalid_filter");
        var reader = new ConditionReader(operand, parameter);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) throw reader.Refuse("missing_operator", $"Write {operand}=operator.value, for example {operand}=eq.{reader.Plain}. Operators: {Operators}");
        var (name, value) = (text[..dot], text[(dot + 1)..]);
        var modifier = "";
        if (name.IndexOf('(', StringComparison.Ordinal) is var open and > 0 && name[^1] == ')') (name, modifier) = (name[..open], name[(open + 1)..^1]);
        if (GrantFilter.Values(value, claims) is { } held) return reader.Claim(name, held);
        if (isInTree) value = QueryText.Unquote(value);
        return name switch
        {
            "eq" => reader.Compare(Comparison.Equal, modifier, value),
            "neq" => reader.Compare(Comparison.NotEqual, modifier, value),
            "gt" => reader.Compare(Comparison.Greater, modifier, value),
            "gte" => reader.Compare(Comparison.GreaterOrEqual, modifier, value),
            "lt" => reader.Compare(Comparison.Less, modifier, value),
            "lte" => reader.Compare(Comparison.LessOrEqual, modifier, value),
            "like" => reader.Pattern(Comparison.Like, modifier, value),
            "ilike" => reader.Pattern(Comparison.LikeIgnoringCase, modifier, value),
            "match" => reader.Pattern(Comparison.Match, modifier, value),
            "imatch" => reader.Pattern(Comparison.MatchIgnoringCase, modifier, value),
            "isdistinct" => reader.Compare(Comparison.Distinct, modifier, value),
            "in" => reader.In(value),
            "is" => reader.Is(value),
            "cs" => reader.Contains(Comparison.Contains, value),
            "cd" => reader.Contains(Comparison.ContainedIn, value),
            "ov" => reader.Overlaps(value),
            "fts" => reader.Search(SearchKind.Query, modifier, value),
            "plfts" => reader.Search(SearchKind.Plain, modifier, value),
            "phfts" => reader.Search(SearchKind.Phrase, modifier, value),
            "wfts" => reader.Search(SearchKind.Web, modifier, value),
            "sl" or "sr" or "nxr" or "nxl" or "adj" => throw reader.Refuse("operator_does_not_fit", $"{name} fits range columns, which this schema has none of. Use gt, gte, lt and lte."),
            _ => throw reader.Refuse("unknown_operator", $"'{QueryText.Shorten(name)}' is no operator. Operators: {Operators}"),
        };
    }

    private TableAccess Readable(Resource resource) => access.To(resource, TableAction.Read)!;
}
