using System.Text.Json;
using Marketing.Problems;

namespace Marketing.Resources.Writing;

/// <summary>Reads the members of a JSON object as columns of a resource.</summary>
internal static class ParseRow
{
    /// <summary>Reads them; every fault is told, not the first alone.</summary>
    /// <param name="resource">The table.</param>
    /// <param name="json">A JSON object.</param>
    /// <param name="isNew">True when required columns must be there.</param>
    /// <exception cref="ProblemException">422 with an error per column.</exception>
    public static IReadOnlyList<(Column Column, object? Value)> Run(Resource resource, JsonElement json, bool isNew)
    {
        var values = new List<(Column, object?)>();
        var errors = new List<FieldError>();
        foreach (var member in json.EnumerateObject())
        {
            if (Read(resource, member, errors) is { } value) values.Add(value);
        }
        if (isNew)
        {
            var missing = resource.Columns.Where(column => column.IsRequired && !json.TryGetProperty(column.Name, out _));
            errors.AddRange(missing.Select(column => new FieldError(column.Name, "required", $"{column.Name} is required: {Expected(column)}.")));
        }
        if (errors.Count == 0) return values;
        throw new ProblemException(Problem.Unprocessable("invalid_row", errors.Count == 1 ? errors[0].Message : $"{errors.Count} columns are wrong; errors tells each.", errors));
    }

    private static (Column, object?)? Read(Resource resource, JsonProperty member, List<FieldError> errors)
    {
        var name = member.Name.Length > 80 ? $"{member.Name[..80]}…" : member.Name;
        if (resource.Find(member.Name) is not { } column)
        {
            errors.Add(new FieldError(name, "unknown_column", $"{resource.Table} has no column '{name}'. Columns: {string.Join(", ", resource.Columns.Where(known => known.Access != ColumnAccess.ReadOnly).Select(known => known.Name))}."));
            return null;
        }
        if (column.Access == ColumnAccess.ReadOnly)
        {
            errors.Add(new FieldError(name, "read_only_column", $"{name} is written by the product. Leave it out."));
            return null;
        }
        if (member.Value.ValueKind == JsonValueKind.Null)
        {
            if (column.IsNullable) return (column, null);
            errors.Add(new FieldError(name, "required", $"{name} cannot be null: {Expected(column)}."));
            return null;
        }
        if (!column.Type.TryRead(member.Value, out var value))
        {
            errors.Add(new FieldError(name, "invalid_value", $"{name} must be {Expected(column)}."));
            return null;
        }
        if (value is string { Length: 0 } && !column.IsNullable)
        {
            errors.Add(new FieldError(name, "required", $"{name} cannot be empty: {Expected(column)}."));
            return null;
        }
        if (column.AllowedValues.Count > 0 && value is string choice && !column.AllowedValues.Contains(choice))
        {
            errors.Add(new FieldError(name, "not_allowed", $"{name} must be {Expected(column)}."));
            return null;
        }
        if (value is decimal number && column.Precision is { } precision && !Fits(number, precision))
        {
            errors.Add(new FieldError(name, "out_of_range", $"{name} holds at most {precision.Digits - precision.Scale} digits before the point and {precision.Scale} after it."));
            return null;
        }
        return (column, value);
    }

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
