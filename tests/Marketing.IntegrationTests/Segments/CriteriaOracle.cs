using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Marketing.IntegrationTests.Segments;

/// <summary>Evaluates criteria over rows in memory, from the documentation and not from the SQL: the second opinion of the tests.</summary>
public sealed class CriteriaOracle
{
    private readonly List<Person> people = [];
    private readonly ILookup<Guid, Booking> bookings;
    private readonly ILookup<Guid, Happening> events;
    private readonly HashSet<(string Segment, Guid Contact)> members = [];
    private readonly DateOnly today;

    private CriteriaOracle(List<Person> people, List<Booking> bookings, List<Happening> events, IEnumerable<(string, Guid)> members, DateOnly today) =>
        (this.people, this.bookings, this.events, this.members, this.today) = (people, bookings.ToLookup(booking => booking.Contact), events.ToLookup(happening => happening.Contact), [.. members], today);

    public int People => people.Count;

    /// <summary>Takes everything into memory.</summary>
    public static async Task<CriteriaOracle> LoadAsync(NpgsqlDataSource database)
    {
        async Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read)
        {
            var rows = new List<T>();
            await using var command = database.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add(read(reader));
            return rows;
        }
        var people = await Rows("select id, country, language, email, marketing_consent, created_at, birth_date from directory.contacts", row =>
            new Person(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), DateOnly.FromDateTime(row.GetDateTime(5)), row.IsDBNull(6) ? null : row.GetFieldValue<DateOnly>(6)));
        var bookings = await Rows("select id, contact_id, property_id, booked_at, check_in, check_out, guests, total_amount, channel, status from reservations.reservations", row =>
            new Booking(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2).ToString(), DateOnly.FromDateTime(row.GetDateTime(3)), row.GetFieldValue<DateOnly>(4), row.GetFieldValue<DateOnly>(5), row.GetInt32(6), row.GetDecimal(7), row.GetString(8), row.GetString(9)));
        var events = await Rows("select e.contact_id, e.event_type, c.campaign_id, e.event_timestamp, coalesce(e.event_data ->> 'machine', '') from marketing.campaign_events e join marketing.campaigns c on c.id = e.campaign_id", row =>
            new Happening(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetDateTime(3), row.GetString(4) == "true"));
        var members = await Rows("select s.segment_id, m.contact_id from marketing.segment_members m join marketing.segments s on s.id = m.segment_id where m.removed_at is null", row => (row.GetString(0), row.GetGuid(1)));
        var today = (await Rows("select (now() at time zone 'UTC')::date", row => row.GetFieldValue<DateOnly>(0)))[0];
        return new CriteriaOracle(people, bookings, events, members, today);
    }

    /// <summary>Who matches, in the order of the ids' text.</summary>
    public List<Guid> Matching(JsonElement tree) => [.. people.Where(person => Holds(tree, person)).Select(person => person.Id).OrderBy(id => id.ToString(), StringComparer.Ordinal)];

    private bool Holds(JsonElement node, Person person)
    {
        if (node.TryGetProperty("all", out var all)) return all.EnumerateArray().All(child => Holds(child, person));
        if (node.TryGetProperty("any", out var any)) return any.EnumerateArray().Any(child => Holds(child, person));
        if (node.TryGetProperty("not", out var not)) return !Holds(not, person);
        if (node.TryGetProperty("segment", out var segment)) return members.Contains((segment.GetString()!, person.Id));
        if (node.TryGetProperty("performed", out var performed)) return Performed(performed, person);
        var op = (node.TryGetProperty("op", out var given) ? given : node.GetProperty("operator")).GetString()!;
        return Clause(node.GetProperty("field").GetString()!.Replace("contact.", "", StringComparison.Ordinal), op, node.GetProperty("value"), person);
    }

    private bool Performed(JsonElement performed, Person person)
    {
        var found = events[person.Id].Where(happening => happening.Type == performed.GetProperty("event").GetString() && !happening.IsMachine);
        if (performed.TryGetProperty("campaign", out var campaign)) found = found.Where(happening => happening.Campaign == campaign.GetString());
        if (performed.TryGetProperty("within", out var within))
        {
            var since = today.AddDays(-int.Parse(within.GetString()![1..^1], CultureInfo.InvariantCulture)).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            found = found.Where(happening => happening.At >= since);
        }
        return found.Count() >= (performed.TryGetProperty("count", out var count) ? count.GetProperty("gte").GetInt32() : 1);
    }

    private bool Clause(string field, string op, JsonElement value, Person person)
    {
        if (field is "booking_channel" or "property")
        {
            var wanted = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(item => item.GetString()).ToHashSet() : [value.GetString()];
            var hasOne = bookings[person.Id].Any(booking => booking.IsBooked && wanted.Contains(field == "property" ? booking.Property : booking.Channel));
            return op is "in" or "eq" == hasOne;
        }
        var actual = Value(field, person);
        if (op == "is_null") return actual is null == value.GetBoolean();
        if (actual is null) return false;
        switch (op)
        {
            case "in": return value.EnumerateArray().Any(item => item.GetString() == (string)actual);
            case "not_in": return value.EnumerateArray().All(item => item.GetString() != (string)actual);
            case "contains": return ((string)actual).Contains(value.GetString()!, StringComparison.Ordinal);
            case "between": return Compare(actual, value[0]) >= 0 && Compare(actual, value[1]) <= 0;
            case "eq": return Compare(actual, value) == 0;
            case "neq": return Compare(actual, value) != 0;
            case "gt" or "after": return Compare(actual, value) > 0;
            case "gte": return Compare(actual, value) >= 0;
            case "lt" or "before": return Compare(actual, value) < 0;
            case "lte": return Compare(actual, value) <= 0;
        }
        var (day, days) = ((DateOnly)actual, value.GetInt32());
        return op switch
        {
            "within_last_days" when days < 0 => day >= today && day <= today.AddDays(-days),
            "within_last_days" => day >= today.AddDays(-days) && day <= today,
            "within_next_days" => day >= today && day <= today.AddDays(days),
            "more_than_days_ago" => day < today.AddDays(-days),
            "anniversary_within_days" => DaysToAnniversary(day) <= days,
            _ => throw new ArgumentException(op),
        };
    }

    private int DaysToAnniversary(DateOnly day)
    {
        DateOnly In(int year) => new(year, day.Month, Math.Min(day.Day, DateTime.DaysInMonth(year, day.Month)));
        var next = In(today.Year) >= today ? In(today.Year) : In(today.Year + 1);
        return next.DayNumber - today.DayNumber;
    }

    private object? Value(string field, Person person)
    {
        var booked = bookings[person.Id].Where(booking => booking.IsBooked).ToList();
        var stays = booked.Where(booking => booking.CheckOut <= today).ToList();
        var latest = stays.OrderByDescending(booking => booking.CheckOut).ThenBy(booking => booking.Id.ToString(), StringComparer.Ordinal).FirstOrDefault();
        DateOnly? Last(string type) => events[person.Id].Where(happening => happening.Type == type && !happening.IsMachine).Select(happening => (DateOnly?)DateOnly.FromDateTime(happening.At)).Max();
        return field switch
        {
            "country" => person.Country,
            "language" => person.Language,
            "email_domain" => person.Email.ToLowerInvariant().Split('@') is [_, { Length: > 0 } domain, ..] ? domain : null,
            "marketing_consent" => person.Consent,
            "contact_created_at" => person.Created,
            "birthday" => person.Born,
            "random_bucket" => (decimal)(int.Parse(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(person.Id.ToString())))[..7], NumberStyles.HexNumber, CultureInfo.InvariantCulture) % 100),
            "stays" => (decimal)stays.Count,
            "nights" => (decimal)stays.Sum(stay => stay.CheckOut.DayNumber - stay.CheckIn.DayNumber),
            "total_spent" => stays.Sum(stay => stay.Amount),
            "cancelled_bookings" => (decimal)bookings[person.Id].Count(booking => booking.Status == "cancelled"),
            "last_check_out" => stays.Count == 0 ? null : stays.Max(stay => stay.CheckOut),
            "next_check_in" => booked.Where(booking => booking.CheckIn >= today).Select(booking => (DateOnly?)booking.CheckIn).Min(),
            "party_size" => latest is null ? null : (decimal)latest.Guests,
            "lead_time" => latest is null ? null : (decimal)(latest.CheckIn.DayNumber - latest.Booked.DayNumber),
            "email_opened" => Last("opened"),
            "email_clicked" => Last("clicked"),
            "unsubscribed" => events[person.Id].Any(happening => happening.Type == "unsubscribed"),
            _ => throw new ArgumentException(field),
        };
    }

    private static int Compare(object actual, JsonElement value) => actual switch
    {
        decimal number => number.CompareTo(value.GetDecimal()),
        bool truth => truth.CompareTo(value.GetBoolean()),
        DateOnly day => day.CompareTo(DateOnly.ParseExact(value.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture)),
        _ => string.CompareOrdinal((string)actual, value.GetString()),
    };

    private sealed record Person(Guid Id, string Country, string Language, string Email, bool Consent, DateOnly Created, DateOnly? Born);

    private sealed record Booking(Guid Id, Guid Contact, string Property, DateOnly Booked, DateOnly CheckIn, DateOnly CheckOut, int Guests, decimal Amount, string Channel, string Status)
    {
        public bool IsBooked => Status is not ("cancelled" or "no_show");
    }

    private sealed record Happening(Guid Contact, string Type, string Campaign, DateTime At, bool IsMachine);
}
