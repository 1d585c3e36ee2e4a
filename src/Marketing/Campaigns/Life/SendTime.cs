using System.Globalization;
using System.Text.Json;
using Marketing.Campaigns.Messages;
using Marketing.Problems;

namespace Marketing.Campaigns.Life;

/// <summary>When a campaign starts: an instant, and the wall time and zone that it was named by.</summary>
/// <param name="At">The instant.</param>
/// <param name="Local">Wall time; null when the instant itself was named.</param>
/// <param name="Zone">IANA name of the zone; null likewise.</param>
internal sealed record SendTime(DateTimeOffset At, DateTime? Local, string? Zone)
{
    private static readonly string[] Walls = ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss"];
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    /// <summary>Reads <c>send_at</c> and <c>time_zone</c>. A wall time that a clock shows twice is its first; one that no clock shows is refused.</summary>
    /// <exception cref="ProblemException">422: it is no time, has passed, or lies more than a year ahead.</exception>
    public static SendTime Read(JsonElement body, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        foreach (var member in body.EnumerateObject().Where(member => member.Name is not ("send_at" or "time_zone"))) errors.Add(new(member.Name, "unknown_member", "Members: send_at, time_zone."));
        var (text, zone) = (Texts.Read(body, "send_at", 40, errors), Texts.Read(body, "time_zone", 64, errors));
        var time = errors.Count > 0 ? null : zone is null ? Instant(text, errors) : Wall(text, zone, errors);
        if (time is not null && time.At <= now) errors.Add(new("send_at", "in_past", $"send_at has passed: it is {time.At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}. To send now, POST to start."));
        if (time is not null && time.At > now + Furthest) errors.Add(new("send_at", "out_of_range", "send_at lies at most a year ahead."));
        return errors.Count == 0 ? time! : throw new ProblemException(Problem.Unprocessable("invalid_time", "The campaign cannot be scheduled so.", errors));
    }

    private static SendTime? Instant(string? text, List<FieldError> errors)
    {
        if (text is not null && DateTimeOffset.TryParseExact(text, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) && (text[^1] == 'Z' || text.LastIndexOfAny(['+', '-']) > 10))
            return new SendTime(at.ToUniversalTime(), null, null);
        errors.Add(new("send_at", "wrong_type", "Write a wall time with time_zone, for example 2026-12-01T09:00 and Europe/Lisbon, or an instant such as 2026-12-01T09:00:00Z."));
        return null;
    }

    private static SendTime? Wall(string? text, string name, List<FieldError> errors)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) errors.Add(new("time_zone", "not_allowed", "time_zone is an IANA name, for example Europe/Lisbon."));
        if (!DateTime.TryParseExact(text, Walls, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall)) errors.Add(new("send_at", "wrong_type", "With time_zone, send_at is a wall time without offset, for example 2026-12-01T09:00."));
        if (errors.Count > 0) return null;
        if (zone!.IsInvalidTime(wall))
        {
            errors.Add(new("send_at", "no_such_time", $"In {name} no clock shows {wall:yyyy-MM-dd HH:mm}: it is skipped when summer time begins. Choose another time."));
            return null;
        }
        // Of two offsets the greater gives the earlier instant.
        var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
        return new SendTime(new DateTimeOffset(wall, offset).ToUniversalTime(), wall, name);
    }
}
