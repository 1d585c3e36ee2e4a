using System.Text.Json;

namespace Marketing.Resources.Querying;

/// <summary>One value of a row: a column of the result and a member of the JSON.</summary>
/// <param name="Name">Name of the member.</param>
/// <param name="Form">How the column becomes JSON.</param>
/// <param name="Write">Appends the expression of the column, for a row of the table.</param>
internal sealed record RowField(string Name, JsonForm Form, Action<SqlWriter, Alias> Write)
{
    /// <summary>The name as it stands before the value, in UTF-8.</summary>
    public byte[] Prefix { get; } = [.. JsonSerializer.SerializeToUtf8Bytes(Name, RowShapeJson.Default.String), (byte)':'];
}

/// <summary>
/// The columns that a read's statement gives for each row, and the JSON they become. PostgreSQL sends plain columns as they are, which costs
/// it less than half of what building the JSON does; related rows, paths into jsonb, casts and groups it builds itself.
/// </summary>
internal sealed class RowShape
{
    private RowShape(IReadOnlyList<RowField> fields, IReadOnlyList<RowField> hidden, IReadOnlyList<int> order, bool isWhole) =>
        (Fields, Hidden, Order, IsWhole) = (fields, hidden, order, isWhole);

    /// <summary>Columns that rows show, the first of the result.</summary>
    public IReadOnlyList<RowField> Fields { get; }

    /// <summary>Columns behind them that only the order needs.</summary>
    public IReadOnlyList<RowField> Hidden { get; }

    /// <summary>Places of the order's values among all of them.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>The first column is the row's whole JSON.</summary>
    public bool IsWhole { get; }

    /// <summary>The column at a place.</summary>
    public RowField this[int place] => place < Fields.Count ? Fields[place] : Hidden[place - Fields.Count];

    /// <summary>The shape of a read's rows.</summary>
    /// <param name="query">The read.</param>
    /// <param name="withOrder">The order's values are needed too, for a cursor.</param>
    public static RowShape Of(ReadQuery query, bool withOrder = false)
    {
        if (query.IsGrouped) return new RowShape([], [], [], isWhole: true);
        var fields = query.Select.SelectMany(FieldsOf).ToList();
        if (query.Words is not null) fields.Add(new RowField("search", JsonForm.Json, (sql, table) => WriteFragments.Run(sql, query, table)));
        var (hidden, order) = (new List<RowField>(), new List<int>());
        if (!withOrder) return new RowShape(fields, hidden, order, isWhole: false);
        foreach (var term in query.Order)
        {
            var shown = query.Select.FindIndex(item => item is SelectItem.Value { Cast: null } value && term.Via is null && value.Operand == term.Operand && Typed(value.Operand) is not null);
            if (shown >= 0 && query.Select.Take(shown).All(item => item is SelectItem.Value))
            {
                order.Add(shown);
                continue;
            }
            order.Add(fields.Count + hidden.Count);
            hidden.Add(term.Via is null && Typed(term.Operand) is { } form
                ? new RowField("", form, (sql, table) => WriteOperand.Run(sql, table, term))
                : new RowField("", JsonForm.Text, (sql, table) => { WriteOperand.Run(sql, table, term); sql.Sql("::text"); }));
        }
        return new RowShape(fields, hidden, order, isWhole: false);

        static IEnumerable<RowField> FieldsOf(SelectItem item) => WriteRead.Expressions(item).Select(found => Field(item, found.Name, found.Write));
    }

    private static RowField Field(SelectItem item, string name, Action<SqlWriter, Alias> write) => item switch
    {
        SelectItem.Value { Cast: null } value when Typed(value.Operand) is { } form => new(name, form, write),
        SelectItem.Value { Cast: null, Operand.Type.Name: "jsonb" } or SelectItem.Related { Embedding.IsSpread: false } => new(name, JsonForm.Json, (sql, table) => { write(sql, table); sql.Sql("::text"); }),
        SelectItem.Value { Cast: "text" } => new(name, JsonForm.Text, write),
        _ => new(name, JsonForm.Json, (sql, table) => { sql.Sql("to_json("); write(sql, table); sql.Sql(")::text"); }),
    };

    private static JsonForm? Typed(Operand operand) => operand.Path.Count > 0 ? operand.AsText ? JsonForm.Text : null : operand.Column.Type.Name switch
    {
        "text" => JsonForm.Text,
        "uuid" => JsonForm.Uuid,
        "boolean" => JsonForm.Boolean,
        "integer" => JsonForm.Integer,
        "bigint" => JsonForm.Bigint,
        "timestamptz" => JsonForm.Instant,
        "date" => JsonForm.Date,
        "time" => JsonForm.Time,
        _ => null,
    };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class RowShapeJson : System.Text.Json.Serialization.JsonSerializerContext;
