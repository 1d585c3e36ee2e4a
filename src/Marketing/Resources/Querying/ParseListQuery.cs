using System.Globalization;
using Marketing.Problems;
using Microsoft.AspNetCore.Http;

namespace Marketing.Resources.Querying;

/// <summary>Reads the query of a list request and checks it against the resource; the only step of a read that can refuse.</summary>
internal static class ParseListQuery
{
    /// <summary>Reads the query.</summary>
    /// <exception cref="ProblemException">A name is unknown or a value cannot be read; 400 with the parameter to blame.</exception>
    public static ListQuery Run(Resource resource, IQueryCollection query)
    {
        var filters = new List<Filter>();
        foreach (var (name, values) in query)
        {
            if (name is "select" or "order" or "limit" or "cursor") continue;
            var column = Readable(resource, name, name);
            filters.AddRange(values.Select(value => ParseFilter.Run(column, value ?? "")));
        }
        var order = Order(resource, Single(query, "order"));
        return new ListQuery(resource, Select(resource, Single(query, "select")), filters, order, Limit(Single(query, "limit")), PageCursor.Read(Single(query, "cursor"), resource, order));
    }

    /// <summary>Reads <c>select</c>; null or <c>*</c> is every readable column.</summary>
    /// <exception cref="ProblemException">A name is unknown.</exception>
    public static IReadOnlyList<Column> Select(Resource resource, string? text)
    {
        if (text is null or "*") return resource.Readable;
        var columns = text.Split(',').SelectMany(name => name == "*" ? resource.Readable : [Readable(resource, name, "select")]).Distinct().ToList();
        return columns;
    }

    /// <summary>The one value of a parameter; null when it is absent.</summary>
    /// <exception cref="ProblemException">It is there twice.</exception>
    public static string? Single(IQueryCollection query, string name) => query[name] switch
    {
        { Count: 0 } => null,
        { Count: 1 } one => one[0],
        _ => throw Refuse(name, "repeated_parameter", $"Send {name} once."),
    };

    private static List<OrderTerm> Order(Resource resource, string? text)
    {
        var terms = text is null ? [] : text.Split(',').Select(term => Term(resource, term)).ToList();
        if (terms.Count > 8) throw Refuse("order", "too_many_terms", "Order by at most 8 columns.");
        if (terms.Select(term => term.Column).Distinct().Count() < terms.Count) throw Refuse("order", "repeated_column", "Name each column once in order.");
        // Rows that are equal in the caller's order follow each other by key, so that pages neither repeat nor lose one.
        if (terms.All(term => term.Column != resource.Key)) terms.Add(new OrderTerm(resource.Key, IsDescending: terms.Count > 0 && terms[0].IsDescending, NullsFirst: false));
        return terms;
    }

    private static OrderTerm Term(Resource resource, string text)
    {
        var parts = text.Split('.');
        var column = Readable(resource, parts[0], "order");
        if (column.Type.Name == "jsonb") throw Refuse("order", "operator_does_not_fit", $"{column.Name} is jsonb and has no order. Order by another column.");
        var (descending, nullsFirst) = (false, (bool?)null);
        foreach (var part in parts.Skip(1))
        {
            switch (part)
            {
                case "asc": descending = false; break;
                case "desc": descending = true; break;
                case "nullsfirst": nullsFirst = true; break;
                case "nullslast": nullsFirst = false; break;
                default: throw Refuse("order", "invalid_order", $"After {column.Name} write .asc or .desc, then .nullsfirst or .nullslast. Example: order=created_at.desc.nullslast");
            }
        }
        // PostgreSQL's own defaults: nulls count as larger than everything.
        return new OrderTerm(column, descending, column.IsNullable && (nullsFirst ?? descending));
    }

    private static int Limit(string? text)
    {
        if (text is null) return ListQuery.DefaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= ListQuery.MaxLimit
            ? limit
            : throw Refuse("limit", "out_of_range", $"limit is a whole number from 1 to {ListQuery.MaxLimit}. For more rows follow the Link header.");
    }

    private static Column Readable(Resource resource, string name, string parameter)
    {
        if (resource.Find(name) is not { } column)
            throw Refuse(parameter, "unknown_column", $"{resource.Table} has no column '{(name.Length > 80 ? $"{name[..80]}…" : name)}'. Columns: {resource.ColumnNames}. Other parameters: select, order, limit, cursor.");
        return column.IsReadable ? column : throw Refuse(parameter, "write_only_column", $"{name} can be written but never read. Columns: {resource.ColumnNames}.");
    }

    private static ProblemException Refuse(string parameter, string code, string message) =>
        new(Problem.BadRequest("invalid_query", message, new FieldError(parameter, code, message)));
}
