using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Resources.Querying;

/// <summary>
/// Builds one statement: text of the program, identifiers of the model or in quotes, and values as numbered parameters. There is no way
/// to put a caller's text between them.
/// </summary>
internal sealed class SqlWriter
{
    private readonly StringBuilder text = new(512);
    private int aliases;

    /// <summary>Parameters in the order of their numbers.</summary>
    public List<NpgsqlParameter> Parameters { get; } = [];

    /// <summary>Appends SQL of the program.</summary>
    public SqlWriter Sql([ConstantExpected] string sql)
    {
        text.Append(sql);
        return this;
    }

    /// <summary>A name for a table that the statement does not use yet.</summary>
    public Alias NewAlias() => new(aliases++);

    /// <summary>Appends a column of a table.</summary>
    public SqlWriter Column(Alias table, Column column)
    {
        Name(table).Sql(".");
        return Identifier(column.Name);
    }

    /// <summary>Appends the name of a table in the statement.</summary>
    public SqlWriter Name(Alias table)
    {
        text.Append('t').Append(table.Number);
        return this;
    }

    /// <summary>Appends a table and the name that it has in the statement.</summary>
    public SqlWriter Table(Resource resource, Alias alias)
    {
        Table(resource).Sql(" ");
        return Name(alias);
    }

    /// <summary>Appends a table.</summary>
    public SqlWriter Table(Resource resource)
    {
        Identifier(resource.Schema).Sql(".");
        return Identifier(resource.Table);
    }

    /// <summary>Appends an identifier in quotes.</summary>
    public SqlWriter Identifier(string identifier)
    {
        text.Append('"').Append(identifier.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        return this;
    }

    /// <summary>Appends a cast to one of the types that callers may name.</summary>
    public SqlWriter Cast(string? type)
    {
        if (type is not null) text.Append("::").Append(type);
        return this;
    }

    /// <summary>Appends a value as a parameter.</summary>
    public SqlWriter Value(ColumnType type, object? value) => Parameter(type.Parameter(value));

    /// <summary>Appends several values as one array parameter.</summary>
    public SqlWriter Values(ColumnType type, IReadOnlyList<object?> values) => Parameter(type.ArrayParameter(values));

    /// <summary>Appends a declared parameter that holds a value as PostgreSQL printed it, cast back to its type.</summary>
    /// <param name="type">The value's type.</param>
    /// <param name="place">Its number among the declared ones, from 1.</param>
    public SqlWriter Printed(ColumnType type, int place)
    {
        text.Append('$');
        return Literal(place).Cast(type.Name);
    }

    /// <summary>Appends a text as a parameter.</summary>
    public SqlWriter Text(string value) => Parameter(new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });

    /// <summary>Appends a whole number as a parameter.</summary>
    public SqlWriter Number(int value) => Parameter(new NpgsqlParameter<int> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer });

    /// <summary>
    /// Appends a whole number as it is: the place of an item in the select list, or the number of rows, which the planner must know to keep one
    /// plan of a prepared statement instead of planning each time.
    /// </summary>
    public SqlWriter Literal(int number)
    {
        text.Append(number.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Makes the next parameter, which the statement may name by its place; its value comes with each command.</summary>
    public SqlWriter Declare(ColumnType type)
    {
        Parameters.Add(type.Parameter(null));
        return this;
    }

    /// <summary>Appends a parameter.</summary>
    public SqlWriter Parameter(NpgsqlParameter parameter)
    {
        Parameters.Add(parameter);
        text.Append('$').Append(Parameters.Count.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Appends items with a separator between them.</summary>
    public SqlWriter Joined<T>([ConstantExpected] string separator, IEnumerable<T> items, Action<T> write)
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

    /// <summary>A command of the statement.</summary>
    public NpgsqlCommand ToCommand(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(text.ToString(), connection);
        foreach (var parameter in Parameters) command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>A command of the statement, for a batch.</summary>
    public NpgsqlBatchCommand ToBatchCommand()
    {
        var command = new NpgsqlBatchCommand(text.ToString());
        foreach (var parameter in Parameters) command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>The statement as it is now, to be sent many times.</summary>
    public Statement ToStatement() => new(text.ToString(), [.. Parameters]);

    /// <summary>The statement.</summary>
    public override string ToString() => text.ToString();
}

/// <summary>The name of a table within one statement.</summary>
/// <param name="Number">Unique within the statement.</param>
internal readonly record struct Alias(int Number);
