using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Resources.Querying;

/// <summary>
/// Builds one statement: text of the program, identifiers of the model, and values as numbered parameters. There is no way to put a
/// caller's text between them.
/// </summary>
internal sealed class SqlWriter
{
    private readonly StringBuilder text = new(512);

    /// <summary>Parameters in the order of their numbers.</summary>
    public List<NpgsqlParameter> Parameters { get; } = [];

    /// <summary>Appends SQL of the program.</summary>
    public SqlWriter Sql([System.Diagnostics.CodeAnalysis.ConstantExpected] string sql)
    {
        text.Append(sql);
        return this;
    }

    /// <summary>Appends a column of the row.</summary>
    public SqlWriter Column(Column column)
    {
        text.Append("t.");
        Quote(column.Name);
        return this;
    }

    /// <summary>Appends the table, known as <c>t</c>.</summary>
    public SqlWriter Table(Resource resource)
    {
        Quote(resource.Schema);
        text.Append('.');
        Quote(resource.Table);
        text.Append(" t");
        return this;
    }

    /// <summary>Appends a column's value as a parameter.</summary>
    public SqlWriter Value(Column column, object? value) => Add(column.Type.Parameter(value));

    /// <summary>Appends several values as one array parameter.</summary>
    public SqlWriter Values(Column column, IReadOnlyList<object?> values) => Add(column.Type.ArrayParameter(values));

    /// <summary>Appends a value that arrives as PostgreSQL printed it, cast back to the column's type.</summary>
    public SqlWriter Printed(Column column, string value)
    {
        Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Text });
        text.Append("::").Append(column.Type.Name);
        return this;
    }

    /// <summary>Appends a whole number as a parameter.</summary>
    public SqlWriter Number(int value) => Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Integer });

    /// <summary>Appends items with a separator between them.</summary>
    public SqlWriter Joined<T>([System.Diagnostics.CodeAnalysis.ConstantExpected] string separator, IEnumerable<T> items, Action<T> write)
    {
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst) text.Append(separator);
            isFirst = false;
            write(item);
        }
        return this;
    }

    /// <summary>The statement.</summary>
    public override string ToString() => text.ToString();

    private SqlWriter Add(NpgsqlParameter parameter)
    {
        Parameters.Add(parameter);
        text.Append('$').Append(Parameters.Count.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    private void Quote(string identifier) => text.Append('"').Append(identifier.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
}
