using System.Text.Json.Nodes;

namespace Marketing.DevHost.Stubs;

/// <summary>A creator, how the account is set, and the calls of the last minute.</summary>
internal sealed record TikTokCreator(string Id, string Token, JsonObject Settings)
{
    private const int UsualProcessingMs = 1000;

    private readonly Dictionary<string, Queue<DateTimeOffset>> calls = [];

    public int ProcessingMs => (int?)Settings["processing_ms"] ?? UsualProcessingMs;

    public bool Is(string setting) => (bool?)Settings[setting] ?? false;

    public string? Setting(string name) => (string?)Settings[name];

    /// <summary>Calls of a kind in the last minute, this one included.</summary>
    public int Call(string kind)
    {
        var now = DateTimeOffset.UtcNow;
        var minute = calls.TryGetValue(kind, out var known) ? known : calls[kind] = [];
        minute.Enqueue(now);
        while (minute.Peek() <= now.AddMinutes(-1)) minute.Dequeue();
        return minute.Count;
    }
}
