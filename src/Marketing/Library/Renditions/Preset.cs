using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Library.Renditions;

/// <summary>A shape that some channel wants pictures in. The list is <c>Presets.json</c> beside this file.</summary>
/// <param name="Name">Part of addresses, in snake case.</param>
/// <param name="Width">Most pixels across.</param>
/// <param name="Height">Most pixels down.</param>
/// <param name="Fit"><c>inside</c> keeps the whole picture; <c>cover</c> cuts it to these proportions around its focal point.</param>
/// <param name="Eager">Made at ingest rather than when first asked for.</param>
internal sealed record Preset(string Name, int Width, int Height, string Fit, bool Eager = false)
{
    /// <summary>Every preset.</summary>
    public static IReadOnlyList<Preset> All { get; } = Load();

    /// <summary>Whether the picture is cut, so that its rendition depends on the focal point.</summary>
    public bool Cuts => Fit == "cover";

    /// <summary>The preset of this name; null when there is none.</summary>
    public static Preset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    private static IReadOnlyList<Preset> Load()
    {
        using var file = typeof(Preset).Assembly.GetManifestResourceStream("Marketing.Library.Renditions.Presets.json")!;
        return JsonSerializer.Deserialize(file, PresetJson.Default.IReadOnlyListPreset)!;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<Preset>))]
internal sealed partial class PresetJson : JsonSerializerContext;
