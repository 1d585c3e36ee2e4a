using System.Text.Json;
using Npgsql;

namespace Marketing.Identity;

/// <summary>What holders of a role may do.</summary>
/// <param name="Name">Lower-case letters, digits and underscores.</param>
/// <param name="Scopes">Scopes that a token with the role holds; API keys have scopes of their own.</param>
/// <param name="Grants">What it grants on tables.</param>
public sealed record Role(string Name, IReadOnlyList<string> Scopes, IReadOnlyList<Grant> Grants);

/// <summary>The roles, as rows of <c>marketing_ops.roles</c>.</summary>
public sealed class Roles(NpgsqlDataSource database)
{
    /// <summary>Those of the named roles that exist.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<IReadOnlyList<Role>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select name, scopes, grants::text from marketing_ops.roles where name = any($1) order by name");
        command.Parameters.AddWithValue(names.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Role>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add(new Role(reader.GetString(0), reader.GetFieldValue<string[]>(1), JsonSerializer.Deserialize(reader.GetString(2), GrantJson.Default.GrantArray)!));
        return found;
    }
}
