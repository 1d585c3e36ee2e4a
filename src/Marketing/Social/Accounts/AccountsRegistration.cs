using Marketing.Identity;
using Marketing.Operations.Outbound;
using Marketing.Social.Accounts.Connecting;
using Marketing.Social.Accounts.Connectors;
using Marketing.Social.Accounts.Health;
using Marketing.Social.Accounts.Refreshing;
using Marketing.Social.Accounts.Revocation;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Accounts;

/// <summary>Registers the accounts: consent, tokens, health.</summary>
public static class AccountsRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddSocialAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccountsOptions>().Bind(configuration.GetSection(AccountsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccountsOptions>, ValidateAccountsOptions>();
        services.AddJsonHttp(AccountsOptions.Section, provider => provider.GetRequiredService<IOptions<AccountsOptions>>().Value.RequestTimeout);
        services.AddTransient(provider => provider.GetJsonHttp(AccountsOptions.Section));
        services.AddSingleton<OAuthApps>().AddSingleton<AccountTokenRows>().AddSingleton<ConnectionState>().AddSingleton<AccountHealth>().AddSingleton<RevokedConsents>();
        services.AddTransient<IAccountConnector, FacebookConnector>().AddTransient<IAccountConnector, InstagramLoginConnector>().AddTransient<IAccountConnector, CodeFlowConnector>();
        services.AddSingleton<StartConnection>().AddSingleton<StoreConnectedAccount>().AddSingleton<ChooseAccount>().AddTransient<CompleteConnection>();
        services.AddTransient(Refresh).AddTransient(provider => new RefreshDueTokens(provider.GetRequiredService<AccountTokenRows>(), provider.GetRequiredService<RefreshAccountToken>(), provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddTransient(provider => new RefreshRefusedToken(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<RefreshAccountToken>()));
        var ring = new Lazy<KeyRing>(() => KeyRing.Read(configuration));
        services.AddSingleton(provider => new ResealTokens(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TokenVault>(), ring, provider.GetRequiredService<ILogger<ResealTokens>>()));
        return services;
    }

    /// <summary>Endpoints of the room, below <c>/api</c>.</summary>
    public static void MapSocialAccounts(this IEndpointRouteBuilder api)
    {
        ConnectEndpoints.Map(api);
        HealthEndpoint.Map(api);
        RevocationEndpoints.Map(api);
    }

    private static RefreshAccountToken Refresh(IServiceProvider provider) => new(
        provider.GetRequiredService<AccountTokenRows>(), provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TokenVault>(),
        provider.GetServices<IAccountConnector>(), provider.GetRequiredService<IOptions<AccountsOptions>>(), provider.GetRequiredService<ILogger<RefreshAccountToken>>());

    private sealed class ValidateAccountsOptions : IValidateOptions<AccountsOptions>
    {
        public ValidateOptionsResult Validate(string? name, AccountsOptions options) => options.Problem() is { } sentence ? ValidateOptionsResult.Fail(sentence) : ValidateOptionsResult.Success;
    }
}
