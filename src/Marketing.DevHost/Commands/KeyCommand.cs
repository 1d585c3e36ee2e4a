using Marketing.Data;
using Marketing.DevHost.Servers;
using Marketing.Identity;
using Npgsql;

namespace Marketing.DevHost.Commands;

/// <summary>Creates an API key.</summary>
internal static class KeyCommand
{
    /// <summary>Prints the key, which cannot be read again.</summary>
    /// <exception cref="DevHostException">A scope is unknown, or the name is taken.</exception>
    public static async Task<int> RunAsync(string connection, string name, string scopes, CancellationToken cancellationToken)
    {
        var wanted = scopes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        if (wanted.Count == 0 || wanted.Except(Scopes.All).Any()) throw new DevHostException($"--scopes takes some of {string.Join(", ", Scopes.All)}, separated by commas.");
        await using var database = NpgsqlDataSource.Create(DatabaseConnection.Parse(connection));
        try
        {
            var (_, key) = await CreateApiClient.RunAsync(database, new ApiClientRequest(name, wanted), "command line", cancellationToken);
            await Console.Out.WriteLineAsync(key.Text);
            return 0;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new DevHostException($"A key called '{name}' exists. Choose another name, or revoke that one with DELETE /api/api_keys/{{id}}.", taken);
        }
    }
}
