using Npgsql;

namespace Marketing.Resources.Querying;

/// <summary>A statement with its parameters that may be sent any number of times, by several requests at once.</summary>
internal sealed class Statement(string text, NpgsqlParameter[] parameters)
{
    /// <summary>A command of the statement.</summary>
    public NpgsqlCommand ToCommand(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in parameters) command.Parameters.Add(parameter.Clone());
        return command;
    }

    /// <summary>A command of a statement whose first parameter was declared for a value that comes with each command.</summary>
    public NpgsqlCommand ToCommand(NpgsqlConnection connection, object first)
    {
        var command = ToCommand(connection);
        command.Parameters[0].Value = first;
        return command;
    }
}
