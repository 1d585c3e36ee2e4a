namespace Marketing.Library.Properties;

/// <summary>The room that a photograph shows, as far as its tags tell.</summary>
internal static class RoomType
{
    // Rooms before places that many rooms have a view of; "interior" and "exterior" say too little to be a room.
    private static readonly (string Tag, string Room)[] Rooms =
    [
        ("hot tub", "hot_tub"), ("pool", "pool"), ("bathroom", "bathroom"), ("bedroom", "bedroom"), ("kitchen", "kitchen"), ("living room", "living_room"),
        ("dining area", "dining_room"), ("workspace", "office"), ("balcony", "balcony"), ("terrace", "terrace"), ("patio", "patio"), ("garden", "garden"),
    ];

    /// <summary>Value for <c>room_type</c>; null when no tag tells.</summary>
    /// <param name="tags">Value of <c>ai_tags</c>.</param>
    public static string? Of(IReadOnlyCollection<string> tags) =>
        Rooms.FirstOrDefault(room => tags.Contains(room.Tag, StringComparer.OrdinalIgnoreCase)).Room;
}
