using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace Marketing.Data;

/// <summary>Lets <c>dotnet ef migrations add</c> build the model; it never connects.</summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<MarketingDbContext>
{
    public MarketingDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<MarketingDbContext>();
        options.UseMarketing(NpgsqlDataSource.Create("Host=localhost;Database=design"));
        return new MarketingDbContext(options.Options);
    }
}
