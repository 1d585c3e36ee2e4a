using Marketing.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Tests.Data;

public sealed class DataRegistrationTests
{
    [Theory]
    [InlineData("", 15, 200)]
    [InlineData("?Max Auto Prepare=0", 15, 0)]
    [InlineData("?Command Timeout=60&Max Auto Prepare=20", 60, 20)]
    public void Statements_are_limited_and_prepared_unless_the_address_says_otherwise(string options, int timeout, int prepared)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(DatabaseConnection.Setting, $"postgres://user:password@localhost:5432/marketing{options}")]).Build();
        using var services = new ServiceCollection().AddMarketingData(configuration).BuildServiceProvider();
        var settings = new NpgsqlConnectionStringBuilder(services.GetRequiredService<NpgsqlDataSource>().ConnectionString);
        Assert.Equal((timeout, prepared), (settings.CommandTimeout, settings.MaxAutoPrepare));
    }
}
