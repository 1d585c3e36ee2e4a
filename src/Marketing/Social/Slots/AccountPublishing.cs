using System.Globalization;
using System.Text.Json;
using Marketing.Problems;

namespace Marketing.Social.Slots;

/// <summary>How an account publishes, as a caller writes it.</summary>
/// <param name="TimeZone">IANA name of its zone.</param>
/// <param name="MaxLateness">How late its posts may go out; null for the product's setting.</param>
/// <param name="MinGap">Least time between two posts, for slots.</param>
/// <param name="MaxPosts">Most posts in any window of <paramref name="MaxPostsPer"/>; null for the platform's limit alone.</param>
/// <param name="MaxPostsPer">That window.</param>
/// <param name="Slots">ISO weekday and time of day.</param>
/// <param name="Blackouts">Stretches in which it does not post, with the reason.</param>
internal sealed record AccountPublishing(
    string TimeZone, TimeSpan? MaxLateness, TimeSpan MinGap, int? MaxPosts, TimeSpan? MaxPostsPer, IReadOnlyList<(int Weekday, TimeOnly At)> Slots,
    IReadOnlyList<(DateTimeOffset From, DateTimeOffset Until, string? Reason)> Blackouts)
{
    private const int MaxSlots = 200;
    private const int MaxBlackouts = 200;
    private static readonly string[] Members = ["time_zone", "max_lateness_minutes", "min_gap_minutes", "max_posts", "max_posts_per_hours", "slots", "blackouts"];

    /// <summary>Reads a body.</summary>
    /// <exception cref="ProblemException">422: a member is unknown or of no use.</exception>
    public static AccountPublishing Read(JsonElement body)
    {
        var errors = new List<FieldError>();
        foreach (var member in body.EnumerateObject().Where(member => !Members.Contains(member.Name)))
            errors.Add(new FieldError(member.Name, "unknown_member", $"Members are {string.Join(", ", Members)}."));
        var zone = body.TryGetProperty("time_zone", out var named) ? named.ToString() : "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) errors.Add(new FieldError("time_zone", "invalid_value", "time_zone is an IANA name, for example Europe/Lisbon."));
        var (maxPosts, per) = (Number(body, "max_posts", 1, 10_000, errors), Number(body, "max_posts_per_hours", 1, 744, errors));
        if (maxPosts is null != per is null) errors.Add(new FieldError("max_posts", "required", "max_posts and max_posts_per_hours belong together."));
        var lateness = Number(body, "max_lateness_minutes", 1, 43_200, errors);
        var gap = Number(body, "min_gap_minutes", 0, 10_080, errors) ?? 0;
        var slots = Slotted(body, errors);
        var blackouts = Stretches(body, errors);
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("invalid_publishing", errors[0].Message, errors));
        return new AccountPublishing(zone, Minutes(lateness), TimeSpan.FromMinutes(gap), maxPosts, per is { } hours ? TimeSpan.FromHours(hours) : null, slots, blackouts);
    }

    private static List<(int, TimeOnly)> Slotted(JsonElement body, List<FieldError> errors)
    {
        var slots = new HashSet<(int, TimeOnly)>();
        foreach (var (item, index) in Items(body, "slots", MaxSlots, errors))
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("weekdays", out var days) && days.ValueKind == JsonValueKind.Array && days.EnumerateArray().All(day => day.ValueKind == JsonValueKind.Number && day.TryGetInt32(out var number) && number is >= 1 and <= 7)
                && item.TryGetProperty("time", out var time) && TimeOnly.TryParseExact(time.ToString(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
                foreach (var day in days.EnumerateArray()) slots.Add((day.GetInt32(), at));
            else errors.Add(new FieldError($"slots[{index}]", "invalid_value", "A slot is {\"weekdays\":[1,3,5],\"time\":\"09:30\"}; 1 is Monday."));
        }
        if (slots.Count > MaxSlots) errors.Add(new FieldError("slots", "too_many", $"At most {MaxSlots} weekday times."));
        return [.. slots.Order()];
    }

    private static List<(DateTimeOffset, DateTimeOffset, string?)> Stretches(JsonElement body, List<FieldError> errors)
    {
        var stretches = new List<(DateTimeOffset, DateTimeOffset, string?)>();
        foreach (var (item, index) in Items(body, "blackouts", MaxBlackouts, errors))
        {
            if (item.ValueKind == JsonValueKind.Object && At(item, "from") is { } from && At(item, "until") is { } until && until > from)
                stretches.Add((from, until, item.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : null));
            else errors.Add(new FieldError($"blackouts[{index}]", "invalid_value", "A blackout is {\"from\":\"2026-12-24T00:00:00+00:00\",\"until\":\"2026-12-27T00:00:00+00:00\",\"reason\":\"Christmas\"}."));
        }
        return stretches;
    }

    private static IEnumerable<(JsonElement Item, int Index)> Items(JsonElement body, string name, int max, List<FieldError> errors)
    {
        if (!body.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= max) return list.EnumerateArray().Select((item, index) => (item, index));
        errors.Add(new FieldError(name, "invalid_value", $"{name} is a list of at most {max}."));
        return [];
    }

    private static int? Number(JsonElement body, string name, int min, int max, List<FieldError> errors)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        errors.Add(new FieldError(name, "out_of_range", $"{name} is a whole number from {min} to {max}."));
        return null;
    }

    private static DateTimeOffset? At(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static TimeSpan? Minutes(int? number) => number is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
}
