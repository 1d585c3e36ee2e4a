using Marketing.Content;

namespace Marketing.Tests.Content;

public sealed class TextTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("## Slow mornings\n\nCoffee, the sound of *water* — and [nothing](https://x.example).", 9, 1)]
    [InlineData("one", 1, 1)]
    public void Words_that_a_reader_sees_are_counted(string markdown, int words, int minutes)
    {
        Assert.Equal(words, CountWords.Run(markdown));
        Assert.Equal(minutes, CountWords.ReadingMinutes(words));
    }

    [Fact]
    public void Reading_time_rounds_up() => Assert.Equal(2, CountWords.ReadingMinutes(239));

    [Theory]
    [InlineData("<script>alert(1)</script>Hi")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[a](javascript:alert(1))")]
    [InlineData("<a href=\"JaVaScRiPt:alert(1)\">a</a>")]
    [InlineData("<iframe src=\"https://example.com\"></iframe>")]
    public void Nothing_that_runs_is_left(string markdown)
    {
        var html = RenderHtml.FromMarkdown(markdown);
        foreach (var dangerous in new[] { "<script", "onerror", "javascript:", "<iframe" }) Assert.DoesNotContain(dangerous, html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Markdown_becomes_html() => Assert.Equal("<h2>Day one</h2>\n<p>Walk to the <em>market</em>.</p>", RenderHtml.FromMarkdown("## Day one\n\nWalk to the *market*."));
}
