using Marketing.Data.External;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Data;

/// <summary>Registers the database.</summary>
public static class DataRegistration
{
    /// <summary>One <see cref="NpgsqlDataSource"/> for the process, <see cref="MarketingDbContext"/> on top of it, and the migrator.</summary>
    public static IServiceCollection AddMarketingData(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => Open(DatabaseConnection.Parse(configuration[DatabaseConnection.Setting])));
        services.AddDbContextPool<MarketingDbContext>((provider, options) => options.UseMarketing(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddOptions<ExternalTables>().Bind(configuration.GetSection(nameof(ExternalTables))).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ExternalTables>, ValidateExternalTables>();
        services.AddSingleton<SchemaVersion>();
        services.AddHostedService<TellSchemaVersion>();
        return services;
    }

    // Times leave PostgreSQL as JSON in the session's zone; statements that repeat are planned once a connection.
    private static NpgsqlDataSource Open(string connectionString)
    {
        var given = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connectionString };
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.Timezone = "UTC";
        // No request may hold a connection for longer; jobs that may set their own limit.
        if (!given.ContainsKey("Command Timeout")) builder.ConnectionStringBuilder.CommandTimeout = 15;
        // A pooler in transaction mode that does not follow prepared statements needs Max Auto Prepare=0 in the address.
        if (!given.ContainsKey("Max Auto Prepare")) builder.ConnectionStringBuilder.MaxAutoPrepare = 200;
        // Nothing here leaves a session changed behind itself, and the reset would go before each statement.
        if (!given.ContainsKey("No Reset On Close")) builder.ConnectionStringBuilder.NoResetOnClose = true;
        return builder.Build();
    }

    /// <summary>PostgreSQL with snake-case names and the migrations' history in <c>marketing_ops</c>.</summary>
    public static DbContextOptionsBuilder UseMarketing(this DbContextOptionsBuilder options, NpgsqlDataSource database) => options
        .UseNpgsql(database, npgsql => npgsql.MigrationsHistoryTable(MarketingDbContext.MigrationsTable, MarketingDbContext.OperationsSchema))
        .UseSnakeCaseNamingConvention();
}
