using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests;

public sealed class ServersTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    [Fact]
    public async Task Each_class_has_a_migrated_database()
    {
        Assert.Equal(24, await product.QueryAsync<long>("select count(*) from information_schema.tables where table_schema = 'marketing'"));
    }
}
