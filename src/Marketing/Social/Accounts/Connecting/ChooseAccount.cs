using System.Text.Json;
using Marketing.Identity;
using Marketing.Problems;
using Npgsql;

namespace Marketing.Social.Accounts.Connecting;

/// <summary>Connects one of the accounts that a consent opened. The consent's row is held meanwhile, so that a choice is made once.</summary>
internal sealed class ChooseAccount(NpgsqlDataSource database, TokenVault vault, StoreConnectedAccount store)
{
    /// <summary>Connects it.</summary>
    /// <param name="connectionId">The consent.</param>
    /// <param name="externalAccountId">The platform's id of the account.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ProblemException">409: there is nothing to choose (any more), or the account cannot be connected; 422: no such choice.</exception>
    public async Task RunAsync(Guid connectionId, string externalAccountId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (consent, choices) = await ReadAsync(connection, connectionId, cancellationToken)
            ?? throw new ProblemException(Problem.Conflict("nothing_to_choose", "This consent waits for no choice: it is finished, or its time is over. Start again with POST /api/social_accounts/connect."));
        if (choices.Accounts.FirstOrDefault(candidate => candidate.ExternalId == externalAccountId) is not { } chosen)
            throw new ProblemException(Problem.Unprocessable("not_allowed", "external_account_id is one of the choices that GET of the connection lists.", new FieldError("external_account_id", "not_allowed", "No such choice.")));
        try
        {
            await store.RunAsync(connection, consent, choices.Grant, chosen, cancellationToken);
        }
        catch (ConnectionRefusedException refused)
        {
            throw new ProblemException(Problem.Conflict("cannot_connect", refused.Message));
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<(OpenConnection Consent, Choices Choices)?> ReadAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select platform, account_id, property_id, requested_by, sealed_choices from marketing_ops.account_connections
            where  id = $1 and state = 'choose' and expires_at > now() and sealed_choices is not null for update
            """, connection);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        Guid? Id(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);
        return (new OpenConnection(id, reader.GetString(0), Id(1), Id(2), reader.GetString(3)), JsonSerializer.Deserialize<Choices>(vault.Open(reader.GetString(4), "account_connections", "sealed_choices", id))!);
    }
}
