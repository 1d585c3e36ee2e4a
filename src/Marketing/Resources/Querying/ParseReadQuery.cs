using System.Globalization;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Access;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Querying;

/// <summary>Reads the query of a request and checks it against what the caller may do; the only step of a read that can refuse.</summary>
internal sealed class ParseReadQuery(CallerAccess access)
{
    /// <summary>Longest text of <c>q</c>, in characters.</summary>
    public const int MaxWords = 200;

    private const int MaxOrderTerms = 8;

    private readonly ParseFilter filters = new(access);

    /// <summary>Reads the query; a cursor in it is left to the page.</summary>
    /// <exception cref="ProblemException">404: the caller may not read the table. 400: a name is unknown or a value cannot be read.</exception>
    public ReadQuery Run(Resource resource, IQueryCollection query, Func<string, bool>? isOther = null)
    {
        var root = new ReadQuery(access.To(resource, TableAction.Read) ?? throw new ProblemException(Problem.NoSuchTable(resource.Table, access.Readable.Select(known => known.Table))));
        new ParseSelect(access).Run(root, Single(query, "select"));
        foreach (var (name, values) in query)
        {
            if (name is "select" or "cursor" || isOther?.Invoke(name) == true) continue;
            foreach (var value in values) Apply(root, name, name, value ?? "", values.Count);
        }
        CompleteOrder(root);
        return root;
    }

    /// <summary>Only conditions, for writes by filter.</summary>
    /// <exception cref="ProblemException">A name is unknown or a value cannot be read.</exception>
    public List<Filter> Conditions(Resource resource, IQueryCollection query, Func<string, bool> isOther)
    {
        var found = new List<Filter>();
        foreach (var (name, values) in query)
        {
            if (isOther(name)) continue;
            found.AddRange(values.Select(value => name is "and" or "or" or "not.and" or "not.or" ? filters.Group(resource, name, value ?? "") : filters.Parameter(resource, name, value ?? "")));
        }
        return found;
    }

    /// <summary>The one value of a parameter; null when it is absent.</summary>
    /// <exception cref="ProblemException">It is there twice.</exception>
    public static string? Single(IQueryCollection query, string name) => query[name] switch
    {
        { Count: 0 } => null,
        { Count: 1 } one => one[0],
        _ => throw QueryProblems.Refuse(name, "repeated_parameter", $"Send {name} once."),
    };

    private void Apply(ReadQuery level, string parameter, string name, string value, int times)
    {
        if (name is "order" or "limit" or "offset" or "q" && times > 1) throw QueryProblems.Refuse(parameter, "repeated_parameter", $"Send {parameter} once.");
        switch (name)
        {
            case "order": level.Order = Order(level, parameter, value); return;
            case "limit": level.Limit = Number(parameter, value, 0, "limit is a whole number from 0 up."); return;
            case "offset": level.Offset = Number(parameter, value, 0, "offset is a whole number from 0 up."); return;
            case "q" when parameter == name && level.Access.Resource.Find("q") is null: Search(level, value); return;
            case "and" or "or" or "not.and" or "not.or": level.Filters.Add(filters.Group(level.Access.Resource, name, value, level.Embeddings)); return;
        }
        if (level.Embeddings.FirstOrDefault(embedding => embedding.Name == name) is { } existence)
        {
            level.Filters.Add(ParseFilter.Existence(existence, parameter, value));
            return;
        }
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && level.Embeddings.FirstOrDefault(embedding => embedding.Name == name[..dot] || embedding.Relation.Target.Table == name[..dot]) is { } related)
        {
            Apply(related.Query, parameter, name[(dot + 1)..], value, times);
            return;
        }
        if (dot > 0 && name.AsSpan(0, dot).IndexOfAnyExcept(QueryText.NameCharacters) < 0)
            throw QueryProblems.Refuse(parameter, "unknown_relation", $"'{QueryText.Shorten(name[..dot])}' is no relation that select names. Add it to select first: select=*,{QueryText.Shorten(name[..dot])}(*).", apiCode: "PGRST108");
        level.Filters.Add(filters.Parameter(level.Access.Resource, name, value));
    }

    private static void Search(ReadQuery level, string words)
    {
        if (level.Access.Resource.Search.Count == 0) throw QueryProblems.Refuse("q", "not_searched", $"{level.Access.Resource.Table} is not searched by q. Filter a column, for example with ilike.*word*.");
        if (level.Access.Resource.Search.Any(column => level.Access.Find(column.Name) is null)) throw QueryProblems.Refuse("q", "not_searched", "q would look into columns that you may not read. Filter a column instead.");
        if (words.Trim().Length is 0 or > MaxWords || !ColumnType.Text.TryParse(words, out _)) throw QueryProblems.Refuse("q", "invalid_value", $"q is a text of 1 to {MaxWords} characters.");
        level.Words = words.Trim();
    }

    private static List<OrderTerm> Order(ReadQuery level, string parameter, string text)
    {
        if (!QueryText.TrySplit(text, out var items)) throw QueryProblems.Refuse(parameter, "invalid_order", "A bracket of order is not closed.");
        var terms = items.Select(item => Term(level, parameter, item.Trim())).ToList();
        if (terms.Count > MaxOrderTerms) throw QueryProblems.Refuse(parameter, "too_many_terms", $"Order by at most {MaxOrderTerms} columns.");
        if (terms.Select(term => (term.Via, term.Operand)).Distinct().Count() < terms.Count) throw QueryProblems.Refuse(parameter, "repeated_column", "Name each column once in order.");
        return terms;
    }

    private static OrderTerm Term(ReadQuery level, string parameter, string text)
    {
        var (name, rest) = Split(text);
        Embedding? via = null;
        if (QueryText.Bracket(name) is var bracket and > 0)
        {
            via = level.Embeddings.FirstOrDefault(embedding => embedding.Name == name[..bracket])
                ?? throw QueryProblems.Refuse(parameter, "unknown_relation", $"'{name[..bracket]}' is no relation that select names.", apiCode: "PGRST108");
            if (via.Relation.IsToMany) throw QueryProblems.Refuse(parameter, "invalid_order", $"Each row may have many {via.Name}; rows can be ordered by one related row only.", apiCode: "PGRST118");
            name = name[(bracket + 1)..^1];
        }
        var operand = ParseOperand.Run(via?.Query.Access ?? level.Access, name, parameter);
        if (operand.Type.Name == "jsonb") throw QueryProblems.Refuse(parameter, "operator_does_not_fit", $"{operand} is jsonb and has no order. Order by another column, or by a text inside it: {operand.Column.Name}->>key.");
        var (descending, nullsFirst) = (false, (bool?)null);
        foreach (var part in rest)
        {
            switch (part)
            {
                case "asc": descending = false; break;
                case "desc": descending = true; break;
                case "nullsfirst": nullsFirst = true; break;
                case "nullslast": nullsFirst = false; break;
                default: throw QueryProblems.Refuse(parameter, "invalid_order", $"After {operand} write .asc or .desc, then .nullsfirst or .nullslast. Example: order=created_at.desc.nullslast");
            }
        }
        // PostgreSQL's own defaults: nulls count as larger than everything.
        return new OrderTerm(via, operand, descending, (via is not null || operand.IsNullable) && (nullsFirst ?? descending));
    }

    private static (string Name, string[] Words) Split(string text)
    {
        var from = text.LastIndexOf(')') is var bracket and >= 0 ? bracket : text.LastIndexOf("->", StringComparison.Ordinal) is var arrow and >= 0 ? arrow : 0;
        var dot = text.IndexOf('.', from);
        return dot < 0 ? (text, []) : (text[..dot], text[(dot + 1)..].Split('.'));
    }

    private static void CompleteOrder(ReadQuery root)
    {
        if (root.IsGrouped)
        {
            var shown = root.Select.OfType<SelectItem.Value>().Select(item => item.Operand).ToList();
            if (root.Order.Find(term => term.Via is not null || !shown.Contains(term.Operand)) is { } strange)
                throw QueryProblems.Refuse("order", "invalid_order", $"Groups can be ordered by what select groups by; {strange.Operand} is not among it.");
            return;
        }
        // Rows that are equal in the caller's order follow each other by key, so that pages neither repeat nor lose one.
        if (root.Words is null && root.Order.TrueForAll(term => term.Via is not null || term.Operand != new Operand(root.Access.Resource.Key)))
            root.Order.Add(new OrderTerm(null, new Operand(root.Access.Resource.Key), IsDescending: root.Order is [{ IsDescending: true }, ..], NullsFirst: false));
    }

    private static int Number(string parameter, string text, int from, string message) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from ? number : throw QueryProblems.Refuse(parameter, "out_of_range", message);
}
