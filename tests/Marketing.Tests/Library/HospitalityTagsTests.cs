using Marketing.Library.Tagging;

namespace Marketing.Tests.Library;

public sealed class HospitalityTagsTests
{
    [Fact]
    public void Much_blue_green_tells_the_pool_from_the_bath()
    {
        Assert.Contains("pool", Tags(0.4f, ("tub", 0.8f)));
        Assert.DoesNotContain("pool", Tags(0.01f, ("bathtub", 0.8f)));
        Assert.Contains("bathroom", Tags(0.01f, ("bathtub", 0.8f)));
    }

    [Fact]
    public void Uncertain_classes_give_no_tags() => Assert.Empty(Tags(0, ("alp", 0.3f)));

    [Fact]
    public void Classes_of_one_kind_add_up() => Assert.Contains("mountains", Tags(0, ("alp", 0.25f), ("valley", 0.2f)));

    private static IReadOnlyList<string> Tags(float cyan, params (string Class, float Certainty)[] seen) =>
        [.. HospitalityTags.From(label => seen.FirstOrDefault(one => one.Class == label).Certainty, cyan).Select(tag => tag.Tag)];
}
