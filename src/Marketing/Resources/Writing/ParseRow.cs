using System.Text.Json;
using Marketing.Problems;
using Marketing.Resources.Access;
using Marketing.Resources.Querying;

namespace Marketing.Resources.Writing;

/// <summary>Reads the values of rows that a caller sends. Every fault is told, not the first alone.</summary>
/// <param name="access">What the caller may write.</param>
/// <param name="store">The table.</param>
/// <param name="columns">Columns that count, others are passed over; null for all.</param>
/// <param name="keys">Columns that the product writes and that may be sent to find a row.</param>
internal sealed class ParseRow(TableAccess access, TableStore store, IReadOnlySet<string>? columns = null, IReadOnlyList<Column>? keys = null)
{
    /// <summary>Reads the members of a JSON object.</summary>
    /// <returns>An entity, the columns that it sets, and what is wrong.</returns>
    public (object Row, ulong Set, List<FieldError> Errors) Json(JsonElement json)
    {
        var (row, set, errors) = (store.NewRow(), 0UL, new List<FieldError>());
        foreach (var member in json.EnumerateObject())
        {
            if (columns is not null && !columns.Contains(member.Name)) continue;
            if (Writable(member.Name, errors) is not { } column) continue;
            object? value = null;
            if (member.Value.ValueKind != JsonValueKind.Null && !column.Type.TryRead(member.Value, out value)) errors.Add(Wrong(column));
            else if (Accept(column, value, errors)) set |= Put(row, column, value);
        }
        return (row, set, errors);
    }

    /// <summary>Reads the fields of a line of text; an empty one is null.</summary>
    public (object Row, ulong Set, List<FieldError> Errors) Text(IReadOnlyList<string> names, IReadOnlyList<string> fields)
    {
        var (row, set, errors) = (store.NewRow(), 0UL, new List<FieldError>());
        for (var i = 0; i < names.Count; i++)
        {
            if (columns is not null && !columns.Contains(names[i])) continue;
            if (Writable(names[i], errors) is not { } column) continue;
            object? value = null;
            if (fields[i].Length > 0 && fields[i] != "NULL" && !column.Type.TryParse(fields[i], out value)) errors.Add(Wrong(column));
            else if (fields[i].Length == 0 && column is { IsNullable: false, HasDefault: true }) continue;
            else if (Accept(column, value, errors)) set |= Put(row, column, value);
        }
        return (row, set, errors);
    }

    /// <summary>Columns that a new row must bring and does not.</summary>
    public static IEnumerable<FieldError> Missing(Resource resource, ulong set) => resource.Columns
        .Where(column => column.IsRequired && (set & TableStore.Bit(column)) == 0)
        .Select(column => new FieldError(column.Name, "required", $"{column.Name} is required: {Expected(column)}."));

    /// <summary>422 for what is wrong with one row.</summary>
    public static Problem Refused(IReadOnlyList<FieldError> errors)
    {
        var problem = Problem.Unprocessable("invalid_row", errors.Count == 1 ? errors[0].Message : $"{errors.Count} columns are wrong; errors tells each.", errors);
        return errors.All(error => error.Code == "unknown_column") ? problem with { ApiCode = "PGRST204" } : problem;
    }

    /// <summary>True when the column takes the value; otherwise the fault is added.</summary>
    public static bool Accept(Column column, object? value, List<FieldError> errors)
    {
        var fault = value switch
        {
            null when column.IsNullable => null,
            null => ("required", $"{column.Name} cannot be null: {Expected(column)}."),
            string { Length: 0 } when !column.IsNullable => ("required", $"{column.Name} cannot be empty: {Expected(column)}."),
            string choice when column.AllowedValues.Count > 0 && !column.AllowedValues.Contains(choice) => ("not_allowed", $"{column.Name} must be {Expected(column)}."),
            decimal number when column.Precision is { } precision && !Fits(number, precision) =>
                ("out_of_range", $"{column.Name} holds at most {precision.Digits - precision.Scale} digits before the point and {precision.Scale} after it."),
            _ => ((string Code, string Message)?)null,
        };
        if (fault is { } found) errors.Add(new FieldError(column.Name, found.Code, found.Message));
        return fault is null;
    }

    private static ulong Put(object row, Column column, object? value)
    {
        column.Accessor.Set(row, value);
        return TableStore.Bit(column);
    }

    private Column? Writable(string member, List<FieldError> errors)
    {
        var name = QueryText.Shorten(member);
        if (access.Find(member) is not { } column)
        {
            var known = access.Columns.Where(other => other.Access != ColumnAccess.ReadOnly).Select(other => other.Name).ToList();
            errors.Add(new FieldError(name, "unknown_column", $"{access.Resource.Table} has no column '{name}'.{Nearest.Sentence(member, known)} Columns: {string.Join(", ", known)}."));
            return null;
        }
        if (column.Access != ColumnAccess.ReadOnly || keys?.Contains(column) == true) return column;
        errors.Add(new FieldError(name, "read_only_column", $"{name} is written by the product. Leave it out."));
        return null;
    }

    private static FieldError Wrong(Column column) => new(column.Name, "invalid_value", $"{column.Name} must be {Expected(column)}.");

    private static bool Fits(decimal number, (int Digits, int Scale) precision) =>
        decimal.Round(number, precision.Scale) == number && Math.Abs(number) < (decimal)Math.Pow(10, precision.Digits - precision.Scale);

    private static string Expected(Column column) => column.AllowedValues.Count > 0
        ? $"one of {string.Join(", ", column.AllowedValues)}"
        : column.Type.Name switch
        {
            "text" => "a text without the character U+0000",
            "timestamptz" => $"a time with its zone, for example \"{column.Type.Example}\"",
            "integer" or "bigint" or "numeric" or "boolean" or "text[]" or "jsonb" => $"{Article(column.Type.Name)}, for example {column.Type.Example}",
            var other => $"a {other}, for example \"{column.Type.Example}\"",
        };

    private static string Article(string type) => type switch
    {
        "integer" => "a whole number from -2147483648 to 2147483647",
        "bigint" => "a whole number",
        "numeric" => "a number",
        "boolean" => "true or false",
        "text[]" => "a list of texts",
        _ => "JSON",
    };
}
