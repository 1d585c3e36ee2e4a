namespace Marketing.Library.Tagging;

/// <summary>
/// Translates the classes of ImageNet, which name things, into tags that a rental company searches for. A class may speak for several tags,
/// for some of them weakly.
/// </summary>
internal static class HospitalityTags
{
    /// <summary>Share of certainty from which a tag is told; below it a class is too often wrong.</summary>
    public const float LeastCertainty = 0.35f;

    private static readonly (string Tag, (string Class, float Weight)[] Classes)[] Table =
    [
        ("beach", [("seashore", 1), ("sandbar", 1), ("swimming trunks", 0.6f), ("bikini", 0.6f)]),
        ("sea", [("seashore", 1), ("sandbar", 0.9f), ("promontory", 0.9f), ("breakwater", 0.9f), ("pier", 0.7f), ("coral reef", 1), ("beacon", 0.6f)]),
        ("coast", [("promontory", 1), ("seashore", 0.8f), ("cliff", 0.7f), ("breakwater", 0.9f), ("beacon", 0.8f)]),
        ("lake", [("lakeside", 1), ("boathouse", 0.8f), ("canoe", 0.5f)]),
        ("mountains", [("alp", 1), ("valley", 0.9f), ("volcano", 1), ("cliff", 0.5f)]),
        ("landscape", [("alp", 1), ("valley", 1), ("lakeside", 1), ("promontory", 0.8f), ("seashore", 0.6f), ("cliff", 0.8f), ("volcano", 0.8f)]),
        ("bedroom", [("four-poster", 1), ("quilt", 1), ("pillow", 0.9f), ("crib", 0.9f), ("bassinet", 0.7f)]),
        ("living room", [("studio couch", 0.9f), ("home theater", 0.9f), ("entertainment center", 0.9f), ("fire screen", 0.8f), ("television", 0.7f), ("rocking chair", 0.6f)]),
        ("sofa", [("studio couch", 1)]),
        ("dining area", [("dining table", 1), ("restaurant", 0.7f), ("china cabinet", 0.6f)]),
        ("kitchen", [("stove", 1), ("microwave", 1), ("refrigerator", 1), ("dishwasher", 1), ("espresso maker", 0.8f), ("toaster", 0.8f)]),
        ("bathroom", [("washbasin", 1), ("toilet seat", 1), ("shower curtain", 1), ("bathtub", 0.6f), ("soap dispenser", 0.9f), ("medicine chest", 0.9f)]),
        ("patio", [("patio", 1)]),
        ("exterior", [("patio", 0.9f), ("tile roof", 1), ("boathouse", 0.9f), ("palace", 1), ("castle", 1), ("monastery", 0.9f), ("barn", 1), ("picket fence", 0.8f), ("mobile home", 0.9f)]),
        ("interior", [("studio couch", 1), ("dining table", 1), ("four-poster", 1), ("quilt", 1), ("wardrobe", 1), ("bookcase", 1), ("desk", 0.9f), ("table lamp", 0.9f), ("home theater", 1), ("entertainment center", 1), ("window shade", 0.9f), ("sliding door", 0.7f)]),
        ("workspace", [("desk", 1), ("laptop", 0.9f), ("notebook", 0.8f), ("desktop computer", 1), ("monitor", 0.8f)]),
        ("boats", [("gondola", 1), ("canoe", 1), ("yawl", 1), ("catamaran", 1), ("speedboat", 1), ("schooner", 1), ("lifeboat", 0.9f)]),
        ("waterfront", [("dock", 1), ("pier", 1), ("boathouse", 1), ("lakeside", 0.8f)]),
    ];

    // What vision services call things that the trade has its own word for; other names are kept as they are.
    private static readonly Dictionary<string, string[]> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["swimming pool"] = ["pool"],
        ["leisure centre"] = ["pool"],
        ["jacuzzi"] = ["hot tub"],
        ["couch"] = ["sofa", "living room"],
        ["studio couch"] = ["sofa"],
        ["sofa bed"] = ["sofa"],
        ["bed frame"] = ["bedroom"],
        ["bed sheet"] = ["bedroom"],
        ["bed"] = ["bedroom"],
        ["dining room"] = ["dining area"],
        ["kitchen & dining room table"] = ["dining area"],
        ["countertop"] = ["kitchen"],
        ["kitchen appliance"] = ["kitchen"],
        ["bathtub"] = ["bathroom"],
        ["shower"] = ["bathroom"],
        ["bathroom sink"] = ["bathroom"],
        ["mountain"] = ["mountains"],
        ["mountain range"] = ["mountains"],
        ["ocean"] = ["sea"],
        ["shore"] = ["beach"],
        ["boat"] = ["boats"],
        ["watercraft"] = ["boats"],
        ["yard"] = ["garden"],
        ["backyard"] = ["garden"],
        ["porch"] = ["patio"],
        ["facade"] = ["exterior"],
        ["house"] = ["exterior"],
        ["outdoor"] = ["exterior"],
        ["indoor"] = ["interior"],
        ["interior design"] = ["interior"],
        ["home office"] = ["workspace"],
        ["office desk"] = ["workspace"],
        ["person"] = [],
        ["man"] = [],
        ["woman"] = [],
        ["boy"] = [],
        ["girl"] = [],
    };

    // Standing water is "tub" to ImageNet, which knows no pool; much cyan tells the pool from the bath.
    private static readonly string[] Tubs = ["tub", "bathtub"];
    private const float PoolTubs = 0.3f;
    private const float PoolCyan = 0.08f;

    /// <summary>The trade's words for a name that a vision service gave; none for what is not told of people.</summary>
    public static IReadOnlyList<string> Of(string name) => Words.TryGetValue(name.Trim(), out var words) ? words : [name.Trim().ToLowerInvariant()];

    /// <summary>The tags, the surest first.</summary>
    /// <param name="certainty">How sure the classifier is of a class, by its name.</param>
    /// <param name="cyanShare">Share of pixels that are clearly blue-green.</param>
    public static IReadOnlyList<AssetTag> From(Func<string, float> certainty, float cyanShare)
    {
        var tags = Table.Select(entry => (entry.Tag, Sum: entry.Classes.Sum(c => certainty(c.Class) * c.Weight))).Where(tag => tag.Sum >= LeastCertainty).ToList();
        var tub = Tubs.Sum(certainty);
        if (tub > PoolTubs && cyanShare > PoolCyan)
        {
            tags.RemoveAll(tag => tag.Tag == "bathroom");
            tags.Add(("pool", tub));
        }
        return [.. tags.OrderByDescending(tag => tag.Sum).Select(tag => new AssetTag(tag.Tag, Math.Min(1, tag.Sum)))];
    }
}
