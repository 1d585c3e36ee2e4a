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
    public void What_is_nested_without_end_is_refused_before_it_costs_time_or_the_stack()
    {
        static string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
        foreach (var html in new[] { Many("<b>", 200_000), Many("<div>", 501), Many("<div>x<i>", 300_000) }) Assert.Throws<FormatException>(() => RenderHtml.Sanitise(html));
        foreach (var markdown in new[] { Many("> ", 5_000), Many("[", 5_000), Many("<em>", 501) }) Assert.Throws<FormatException>(() => RenderHtml.FromMarkdown(markdown));
        Assert.Equal(1_000, RenderHtml.Sanitise(Many("<p>x<br><img src=\"https://casas.example/a.jpg\"><li><b>y</b>", 1_000)).Split("<b>").Length - 1);
    }

    [Fact]
    public void Markdown_becomes_html() => Assert.Equal("<h2>Day one</h2>\n<p>Walk to the <em>market</em>.</p>", RenderHtml.FromMarkdown("## Day one\n\nWalk to the *market*."));
}
