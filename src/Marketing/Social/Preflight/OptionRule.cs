using System.Text.Json;

namespace Marketing.Social.Preflight;

/// <summary>One option of posts that the schema has no column for.</summary>
/// <param name="Name">Its name in <c>marketing_ops.post_options</c>.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record OptionRule(string Name, OptionKind Kind)
{
    /// <summary>Longest text, in UTF-16 units, largest number, or most people.</summary>
    public long? Max { get; init; }

    /// <summary>The values that a text may have; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Post types that cannot go out without it; empty for none.</summary>
    public IReadOnlyList<string> RequiredFor { get; init; } = [];

    /// <summary>What to write, for an error message.</summary>
    public string Example { get; init; } = "";

    /// <summary>Options that every platform knows.</summary>
    public static IReadOnlyList<OptionRule> Common { get; } =
    [
        new("alt_texts", OptionKind.Texts) { Max = 4086, Example = "[\"The pool at dusk\"], one for each of media_urls" },
        new("max_lateness_minutes", OptionKind.Number) { Max = 43_200, Example = "120: later than that it is not published but asks" },
    ];

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public string? Problem(JsonElement value) => (Kind, value.ValueKind) switch
    {
        (OptionKind.Text, JsonValueKind.String) => TextProblem(value.GetString()!),
        (OptionKind.Flag, JsonValueKind.True or JsonValueKind.False) => null,
        (OptionKind.Number, JsonValueKind.Number) => value.TryGetInt64(out var number) && number >= 0 && !(number > Max) ? null : $"{Name} is a whole number from 0 to {Max}.",
        (OptionKind.Texts, JsonValueKind.Array) => value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) && value.GetArrayLength() <= 50
            ? value.EnumerateArray().Select(item => TextProblem(item.GetString()!)).OfType<string>().FirstOrDefault()
            : $"{Name} is a list of at most 50 texts.",
        (OptionKind.UserTags, JsonValueKind.Array) when value.GetArrayLength() <= Max && value.EnumerateArray().All(IsUserTag) => null,
        _ => $"{Name} is {Kind switch { OptionKind.Text => "a text", OptionKind.Flag => "true or false", OptionKind.Number => "a whole number", OptionKind.UserTags => $"a list of at most {Max} people with their places, from 0 to 1", _ => "a list of texts" }}{(Example.Length > 0 ? $", for example {Example}" : "")}.",
    };

    private static bool IsUserTag(JsonElement tag) => tag.ValueKind == JsonValueKind.Object
        && tag.TryGetProperty("username", out var name) && name.ValueKind == JsonValueKind.String && name.GetString()!.Length is > 0 and <= 100
        && tag.EnumerateObject().All(member => member.Name == "username" || (member.Name is "x" or "y" && member.Value.ValueKind == JsonValueKind.Number && member.Value.GetDouble() is >= 0 and <= 1));

    private string? TextProblem(string text) =>
        Choices.Count > 0 && !Choices.Contains(text) ? $"{Name} is one of {string.Join(", ", Choices)}."
        : text.Length > (Max ?? 10_000) ? $"{Name} has {text.Length} characters; at most {Max ?? 10_000} are taken."
        : null;
}

/// <summary>What an option holds.</summary>
internal enum OptionKind
{
    Text,
    Flag,
    Number,
    Texts,
    UserTags,
}
