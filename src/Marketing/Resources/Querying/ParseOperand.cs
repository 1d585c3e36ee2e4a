using System.Globalization;
using Marketing.Resources.Access;

namespace Marketing.Resources.Querying;

/// <summary>Reads <c>column</c>, <c>column-&gt;key-&gt;0</c> and <c>column-&gt;&gt;key</c>.</summary>
internal static class ParseOperand
{
    private const int MaxSteps = 16;

    /// <summary>Reads it.</summary>
    /// <exception cref="Problems.ProblemException">The column is unknown to the caller, or a path leads into one that is no jsonb.</exception>
    public static Operand Run(TableAccess access, string text, string parameter)
    {
        var arrow = text.IndexOf("->", StringComparison.Ordinal);
        var name = QueryText.Unquote(arrow < 0 ? text : text[..arrow]);
        var column = access.Find(name) is { IsReadable: true } found ? found : throw QueryProblems.UnknownColumn(access, name, parameter == text ? name : parameter);
        if (arrow < 0) return new Operand(column);
        if (column.Type.Name != "jsonb") throw QueryProblems.Refuse(parameter, "no_json", $"{name} is {column.Type.Name}; a path such as {name}->key leads into jsonb columns only.");

        var steps = new List<object>();
        var asText = false;
        for (var position = arrow; position < text.Length;)
        {
            if (asText || steps.Count == MaxSteps || !text.AsSpan(position).StartsWith("->", StringComparison.Ordinal))
                throw QueryProblems.Refuse(parameter, "invalid_path", $"'{QueryText.Shorten(text)}' is no path. Write {name}->key->0->>key: ->> stands last, at most {MaxSteps} steps.");
            asText = text.AsSpan(position).StartsWith("->>", StringComparison.Ordinal);
            position += asText ? 3 : 2;
            var next = text.IndexOf("->", position, StringComparison.Ordinal);
            var step = QueryText.Unquote(next < 0 ? text[position..] : text[position..next]);
            if (step.Length == 0 || !ColumnType.Text.TryParse(step, out _)) throw QueryProblems.Refuse(parameter, "invalid_path", $"A step of the path '{QueryText.Shorten(text)}' is empty.");
            steps.Add(int.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) ? index : step);
            position = next < 0 ? text.Length : next;
        }
        return new Operand(column, steps, asText);
    }
}
