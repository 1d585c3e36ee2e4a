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

    /// <summary>A command of a statement whose first parameters were declared for values that come with each command.</summary>
    public NpgsqlCommand ToCommand(NpgsqlConnection connection, params ReadOnlySpan<object> first)
    {
        var command = ToCommand(connection);
        for (var i = 0; i < first.Length; i++) command.Parameters[i].Value = first[i];
        return command;
    }
}
