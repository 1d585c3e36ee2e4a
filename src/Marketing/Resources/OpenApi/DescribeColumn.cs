using System.Text.Json.Nodes;

namespace Marketing.Resources.OpenApi;

/// <summary>The JSON Schema of columns and rows.</summary>
internal static class DescribeColumn
{
    /// <summary>A row as it is read: every readable column.</summary>
    public static JsonObject Row(Resource resource) => new()
    {
        ["type"] = "object",
        ["description"] = $"A row of {resource.Schema}.{resource.Table}.",
        ["properties"] = new JsonObject([.. resource.Readable.Select(column => KeyValuePair.Create(column.Name, (JsonNode?)Schema(column)))]),
    };

    /// <summary>A row as it is written: every column that a caller may set.</summary>
    /// <param name="resource">The table.</param>
    /// <param name="isNew">True when required columns must be there.</param>
    public static JsonObject Input(Resource resource, bool isNew)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["description"] = isNew ? $"A new row of {resource.Table}." : $"Columns of {resource.Table} to change.",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject([.. resource.Columns.Where(column => column.Access != ColumnAccess.ReadOnly).Select(column => KeyValuePair.Create(column.Name, (JsonNode?)Schema(column)))]),
        };
        JsonNode[] required = [.. resource.Columns.Where(column => column.IsRequired).Select(column => (JsonNode)column.Name)];
        if (isNew && required.Length > 0) schema["required"] = new JsonArray(required);
        return schema;
    }

    /// <summary>Values of a column.</summary>
    public static JsonObject Schema(Column column)
    {
        var (type, format) = column.Type.Name switch
        {
            "uuid" => ("string", "uuid"),
            "integer" => ("integer", "int32"),
            "bigint" => ("integer", "int64"),
            "numeric" => ("number", null),
            "boolean" => ("boolean", null),
            "date" => ("string", "date"),
            "time" => ("string", "time"),
            "timestamptz" => ("string", "date-time"),
            "text[]" => ("array", null),
            "jsonb" => (null, null),
            _ => ("string", (string?)null),
        };
        var schema = new JsonObject();
        if (type is not null) schema["type"] = column.IsNullable ? new JsonArray(type, "null") : type;
        if (format is not null) schema["format"] = format;
        if (type == "array") schema["items"] = new JsonObject { ["type"] = "string" };
        if (type is null) schema["description"] = "Any JSON.";
        if (column.AllowedValues.Count > 0)
        {
            var values = column.AllowedValues.Select(value => (JsonNode?)value);
            schema["enum"] = new JsonArray([.. column.IsNullable ? values.Append(null) : values]);
        }
        if (column.Precision is { } precision)
        {
            schema["exclusiveMaximum"] = Math.Pow(10, precision.Digits - precision.Scale);
            schema["exclusiveMinimum"] = -Math.Pow(10, precision.Digits - precision.Scale);
        }
        if (type == "string" && format is null && !column.IsNullable && column.AllowedValues.Count == 0) schema["minLength"] = 1;
        if (column.Access == ColumnAccess.ReadOnly) schema["readOnly"] = true;
        if (column.Access == ColumnAccess.WriteOnly) schema["writeOnly"] = true;
        return schema;
    }

    /// <summary>A new row that the API takes as it is; null where a row needs another row first.</summary>
    public static JsonObject? Example(Resource resource)
    {
        var example = new JsonObject();
        foreach (var column in resource.Columns.Where(column => column.IsRequired))
        {
            if (column.Type.Name == "uuid") return null;
            example[column.Name] = column.Type.Name switch
            {
                "text" => column.AllowedValues.Count > 0 ? column.AllowedValues[0] : column.Name.EndsWith("url", StringComparison.Ordinal) ? "https://example.org/pool.jpg" : $"Example {column.Name.Replace('_', ' ')}",
                "text[]" or "jsonb" or "integer" or "bigint" or "numeric" or "boolean" => JsonNode.Parse(column.Type.Example),
                _ => column.Type.Example,
            };
        }
        return example;
    }
}
