using System.Globalization;
using Marketing.Library.Renditions;
using Marketing.Resources.Querying;
using Microsoft.AspNetCore.Http;

namespace Marketing.Library.Search;

/// <summary>What a search for assets asks for; null everywhere finds all.</summary>
internal sealed record AssetSearch
{
    /// <summary>Rows of a page unless the caller says otherwise.</summary>
    public const int DefaultLimit = 50;

    /// <summary>Most rows of a page.</summary>
    public const int MaxLimit = 500;

    /// <summary>Names of the parameters, with what each takes.</summary>
    public static IReadOnlyList<(string Name, string Sentence)> Parameters { get; } =
    [
        ("q", "Words of name, tags, alternative text, caption, description and documents, synonyms included; \"a phrase\", or, -word."),
        ("colour", "A main colour of the picture: a name such as blue, or #rrggbb for the name next to it."),
        ("orientation", "landscape, portrait or square."),
        ("has_face", "true or false."),
        ("min_sharpness", "Variance of the Laplacian at least; below 50 most photographs look blurred."),
        ("min_exposure", "Mean luminance at least, 0 to 1."),
        ("max_exposure", "Mean luminance at most, 0 to 1."),
        ("used", "true or false: whether a post, property, page, content, campaign or calendar uses it."),
        ("licence", "valid, expiring (within 30 days), expired, missing, or blocked for whatever forbids publishing it now."),
        ("asset_type", "image, video, audio, pdf, document or 3d_tour."),
        ("status", "A status; active unless given."),
        ("select", "Columns, as in a list."),
        ("limit", "Rows at most, 1 to 500; 50 unless given."),
        ("cursor", "From the Link header of the page before."),
    ];

    private static readonly string[] Orientations = ["landscape", "portrait", "square"];
    private static readonly string[] Licences = ["valid", "expiring", "expired", "missing", "blocked"];

    /// <summary>Words.</summary>
    public string? Words { get; private init; }

    /// <summary>Name of a colour, as <see cref="ColourName"/> has it.</summary>
    public string? Colour { get; private init; }

    /// <summary>landscape, portrait, square.</summary>
    public string? Orientation { get; private init; }

    /// <summary>Whether there are faces.</summary>
    public bool? HasFace { get; private init; }

    /// <summary>Least sharpness.</summary>
    public double? MinSharpness { get; private init; }

    /// <summary>Least exposure.</summary>
    public double? MinExposure { get; private init; }

    /// <summary>Most exposure.</summary>
    public double? MaxExposure { get; private init; }

    /// <summary>Whether it is used.</summary>
    public bool? Used { get; private init; }

    /// <summary>State of its licence.</summary>
    public string? Licence { get; private init; }

    /// <summary>Kind of asset.</summary>
    public string? AssetType { get; private init; }

    /// <summary>Status of the row.</summary>
    public string Status { get; private init; } = "active";

    /// <summary>Columns to show; null for every readable one.</summary>
    public string? Select { get; private init; }

    /// <summary>Rows of the page.</summary>
    public int Limit { get; private init; } = DefaultLimit;

    /// <summary>The last asset of the page before; null for the first page.</summary>
    public SearchPlace? After { get; private init; }

    /// <summary>Columns that the search looks into: who may not read one may not search by it.</summary>
    public IEnumerable<string> ColumnsLookedInto(IEnumerable<string> searched)
    {
        if (Words is not null) foreach (var column in searched) yield return column;
        if (Colour is not null) yield return "color_palette";
        if (Orientation is not null) yield return "orientation";
        if (AssetType is not null) yield return "asset_type";
        if (Licence is not null) yield return "license_type";
        yield return "status";
    }

    /// <summary>Reads the query of an address.</summary>
    /// <exception cref="Problems.ProblemException">400: a parameter is unknown, repeated or has a value that it cannot have.</exception>
    public static AssetSearch Read(IQueryCollection query)
    {
        foreach (var name in query.Keys)
        {
            if (!Parameters.Any(parameter => parameter.Name == name))
                throw QueryProblems.Refuse(name, "unknown_parameter", $"There is no parameter '{QueryText.Shorten(name)}'.{Nearest.Sentence(name, Parameters.Select(parameter => parameter.Name))} Parameters: {string.Join(", ", Parameters.Select(parameter => parameter.Name))}.");
            if (query[name].Count > 1) throw QueryProblems.Refuse(name, "repeated_parameter", $"Give {name} once.");
        }
        var (least, most) = (Number("min_exposure", 0, 1), Number("max_exposure", 0, 1));
        if (least > most) throw QueryProblems.Refuse("max_exposure", "invalid_value", "max_exposure lies below min_exposure, so nothing can be found.");
        return new AssetSearch
        {
            Words = Text("q", ParseReadQuery.MaxWords),
            Colour = ReadColour(Text("colour", 20)),
            Orientation = Choice("orientation", Orientations),
            HasFace = Truth("has_face"),
            MinSharpness = Number("min_sharpness", 0, 1e9),
            MinExposure = least,
            MaxExposure = most,
            Used = Truth("used"),
            Licence = Choice("licence", Licences),
            AssetType = Text("asset_type", 40),
            Status = Text("status", 40) ?? "active",
            Select = Text("select", 2000),
            Limit = (int)(Number("limit", 1, MaxLimit) ?? DefaultLimit),
            After = Text("cursor", 200) is { } cursor ? SearchPlace.Read(cursor) ?? throw QueryProblems.Refuse("cursor", "invalid_cursor", "The cursor is not one of this search. Take it from the Link header of the page before.") : null,
        };

        string? Text(string name, int longest)
        {
            if (!query.TryGetValue(name, out var values)) return null;
            var text = values.ToString().Trim();
            return text.Length > 0 && text.Length <= longest && !text.Contains('\0', StringComparison.Ordinal) ? text : throw QueryProblems.Refuse(name, "invalid_value", $"{name} is a text of 1 to {longest} characters.");
        }

        string? Choice(string name, string[] choices) => Text(name, 100) is not { } text ? null
            : choices.Contains(text) ? text : throw QueryProblems.Refuse(name, "invalid_value", $"{name} is one of {string.Join(", ", choices)}.");

        bool? Truth(string name) => Text(name, 20) switch { null => null, "true" => true, "false" => false, _ => throw QueryProblems.Refuse(name, "invalid_value", $"{name} is true or false.") };

        double? Number(string name, double smallest, double largest) => Text(name, 20) is not { } text ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= smallest && number <= largest && (name != "limit" || number == Math.Floor(number)) ? number
            : throw QueryProblems.Refuse(name, "invalid_value", $"{name} is a number from {smallest.ToString(CultureInfo.InvariantCulture)} to {largest.ToString(CultureInfo.InvariantCulture)}.");
    }

    private static string? ReadColour(string? text)
    {
        if (text is null) return null;
        if (text.StartsWith('#') && text.Length == 7 && int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)) return ColourName.Of(rgb >> 16, rgb >> 8 & 255, rgb & 255);
        var name = text.Equals("gray", StringComparison.OrdinalIgnoreCase) ? "grey" : text.ToLowerInvariant();
        return ColourName.All.Contains(name) ? name : throw QueryProblems.Refuse("colour", "invalid_value", $"colour is #rrggbb or one of {string.Join(", ", ColourName.All)}.");
    }
}
