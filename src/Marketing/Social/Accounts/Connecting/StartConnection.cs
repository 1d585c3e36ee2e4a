using Marketing.Identity;
using Marketing.Operations.Outbound;
using Marketing.Problems;
using Marketing.Social.Accounts.Connectors;
using Marketing.Social.Accounts.Refreshing;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Accounts.Connecting;

/// <summary>Begins a consent: remembers it and gives the address of the platform's page.</summary>
internal sealed class StartConnection(NpgsqlDataSource database, OAuthApps apps, ConnectionState states, TokenVault vault, IOptions<AccountsOptions> options)
{
    /// <summary>Begins it.</summary>
    /// <param name="platform">Value of <c>social_accounts.platform</c>.</param>
    /// <param name="accountId">The account to connect again; null for a new one.</param>
    /// <param name="propertyId">The property of a new account; null for the company.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ProblemException">422: unknown platform, or the settings lack its app or our address.</exception>
    public async Task<StartedConnection> RunAsync(string platform, Guid? accountId, Guid? propertyId, Caller caller, CancellationToken cancellationToken)
    {
        if (apps.Profile(platform) is not { } profile)
            throw new ProblemException(Problem.Unprocessable("not_allowed", $"platform is one of {string.Join(", ", OAuthProfiles.Platforms)}.", new FieldError("platform", "not_allowed", "Unknown platform.")));
        if (apps.Find(profile) is not { } app)
            throw new ProblemException(Problem.Unprocessable("not_configured", $"No app for {platform} is set. An operator must set Social:Accounts:Apps:{profile.Login}:ClientId and ClientSecret.", new FieldError("platform", "not_configured", "No app is set.")));
        if (apps.RedirectUrl is not { } redirect)
            throw new ProblemException(Problem.Unprocessable("not_configured", "The address of this API is not set. An operator must set Social:Accounts:PublicUrl, for example https://marketing.example.com/api."));

        var id = Guid.CreateVersion7();
        var verifier = apps.PkceOf(profile) == Pkce.None ? null : CodeChallenge.NewVerifier();
        await using var command = database.CreateCommand("""
            insert into marketing_ops.account_connections (id, platform, account_id, property_id, requested_by, subject, code_verifier, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, now() + $8) returning expires_at
            """);
        var parameters = command.Parameters;
        parameters.AddWithValue(id);
        parameters.AddWithValue(platform);
        parameters.Add(new() { Value = (object?)accountId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        parameters.Add(new() { Value = (object?)propertyId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        parameters.AddWithValue(caller.Name);
        parameters.AddWithValue(caller.Subject);
        parameters.Add(AccountTokenRows.Text(verifier is null ? null : vault.Seal(verifier, "account_connections", "code_verifier", id)));
        parameters.AddWithValue(options.Value.ConnectWithin);
        var expires = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
        return new StartedConnection(id, Address(profile, app, redirect, states.Write(id), verifier), new DateTimeOffset(expires, TimeSpan.Zero));
    }

    private string Address(OAuthProfile profile, OAuthApp app, string redirect, string state, string? verifier)
    {
        List<KeyValuePair<string, string>> query =
        [
            new(profile.ClientIdName, app.ClientId), new("redirect_uri", redirect), new("response_type", "code"), new("state", state),
            new("scope", string.Join(profile.ScopeSeparator, apps.Scopes(profile))), .. profile.AuthorizeExtras,
        ];
        if (verifier is not null) query.AddRange([new("code_challenge", CodeChallenge.Of(verifier, apps.PkceOf(profile))), new("code_challenge_method", "S256")]);
        return JsonHttp.Address(app.AuthorizeUrl ?? profile.AuthorizeUrl, query);
    }
}

/// <summary>A consent that has begun.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AuthorizationUrl">Page to send the person to.</param>
/// <param name="ExpiresAt">Until when it can be finished.</param>
internal sealed record StartedConnection(Guid Id, string AuthorizationUrl, DateTimeOffset ExpiresAt);
