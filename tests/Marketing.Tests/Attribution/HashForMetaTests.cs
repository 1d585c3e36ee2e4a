using Marketing.Attribution.Exports;

namespace Marketing.Tests.Attribution;

public sealed class HashForMetaTests
{
    [Fact]
    public void Hashes_are_those_of_the_published_vectors()
    {
        Assert.Equal("3172c698c7062b536cc6294d5b530b01b3d2ddb2d2f50f73b94889f77d095adf", HashForMeta.Email(" Jane.Doe+Villa@Example.com "));
        Assert.Equal("e75b11da693d7bb5273985dcf9f02729455da7e7c80e54a0615e00ec2ae76d8e", HashForMeta.Country("PT"));
    }
}
