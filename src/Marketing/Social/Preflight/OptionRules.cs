using System.Text.Json;

namespace Marketing.Social.Preflight;

/// <summary>Findings about the options: unknown names, values, what a type cannot go without, what does not go together.</summary>
internal static class OptionRules
{
    public static IEnumerable<Finding> Check(Draft draft)
    {
        var rules = draft.Rules;
        var set = draft.Options.ValueKind == JsonValueKind.Object ? draft.Options.EnumerateObject().Where(option => option.Value.ValueKind != JsonValueKind.Null).ToList() : [];
        foreach (var option in set)
        {
            var field = $"options.{option.Name}";
            if (rules.AllOptions.FirstOrDefault(known => known.Name == option.Name) is not { } rule)
                yield return Finding.Error(field, "unknown_option", null, option.Name, Unknown(rules, option.Name));
            else if (rule.Problem(option.Value) is { } problem)
                yield return Finding.Error(field, "invalid_option", rule.Choices.Count > 0 ? string.Join(", ", rule.Choices) : null, option.Value.ValueKind == JsonValueKind.String ? option.Value.GetString() : option.Value.GetRawText(), problem);
        }
        foreach (var rule in rules.Options.Where(rule => rule.RequiredFor.Contains(draft.Post.PostType) && set.All(option => option.Name != rule.Name)))
            yield return Finding.Error($"options.{rule.Name}", "option_required", null, null, $"{rules.Name} needs the option {rule.Name}: {rule.Example}. PUT it to /api/social_posts/{{id}}/options.");
        if (rules.Platform == "tiktok" && draft.Option("brand_content_toggle").ValueKind == JsonValueKind.True && draft.Option("privacy_level") is { ValueKind: JsonValueKind.String } level && level.GetString() == "SELF_ONLY")
            yield return Finding.Error("options.privacy_level", "branded_content_private", "not SELF_ONLY", "SELF_ONLY", "TikTok takes no branded content that only its author sees. Choose another privacy_level.");
        if (rules.Platform == "youtube" && draft.Option("title") is { ValueKind: JsonValueKind.String } title && (title.GetString()!.Trim().Length == 0 || title.GetString()!.AsSpan().IndexOfAny('<', '>') >= 0))
            yield return Finding.Error("options.title", "invalid_title", "1 to 100 characters without < and >", title.GetString(), "Write a title of 1 to 100 characters without < and >.");
        if (rules.Platform == "youtube" && draft.Option("tags") is { ValueKind: JsonValueKind.Array } tags && tags.EnumerateArray().Sum(tag => tag.ToString().Length + (tag.ToString().Contains(' ', StringComparison.Ordinal) ? 3 : 1)) is > 501 and var total)
            yield return Finding.Error("options.tags", "tags_too_long", "500", total.ToString(System.Globalization.CultureInfo.InvariantCulture), "Shorten the tags: with commas, and quotes around those of several words, they have at most 500 characters.");
    }

    /// <summary>What to say about a name that a platform does not know.</summary>
    public static string Unknown(PlatformRules rules, string name)
    {
        var names = rules.AllOptions.Select(option => option.Name).ToList();
        var nearest = names.Select(known => (known, distance: Distance(name, known))).MinBy(pair => pair.distance);
        return nearest.distance <= Math.Max(2, name.Length / 3)
            ? $"{rules.Name} knows no option '{Shown(name)}'. Did you mean {nearest.known}?"
            : $"{rules.Name} knows no option '{Shown(name)}'. It knows {string.Join(", ", names)}.";
    }

    private static string Shown(string name) => name.Length > 60 ? $"{name[..60]}…" : name;

    // Levenshtein; names are short.
    private static int Distance(string one, string other)
    {
        if (one.Length > 100) return int.MaxValue;
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
