namespace Marketing.DevHost.Tour;

/// <summary>Tells the tour: numbered chapters, what is done and why, and what came of it.</summary>
internal sealed class Narrator(TextWriter output)
{
    private int chapter;

    public void Chapter(string title, string explanation)
    {
        output.WriteLine();
        output.WriteLine($"{++chapter}. {title}");
        foreach (var line in Wrap(explanation, width: 108)) output.WriteLine($"   {line}");
    }

    public void Step(string done) => output.WriteLine($"   → {done}");

    public void Fact(string name, object? value) => output.WriteLine($"     {name,-18} {value ?? "–"}");

    public void Say(string line) => output.WriteLine(line);

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length + 1 > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }
}
