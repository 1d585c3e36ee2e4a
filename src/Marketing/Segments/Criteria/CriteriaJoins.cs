using Marketing.Data.External;

namespace Marketing.Segments.Criteria;

/// <summary>
/// What the condition needs joined to the contacts. Sets of contacts are joined, not asked by <c>in</c>: a hash join spills to disk where a
/// hashed subplan that outgrows its memory would be run once a contact.
/// </summary>
/// <param name="tables">Names of the external tables.</param>
/// <param name="among">Parameter with the only contacts that are looked at; null for all.</param>
internal sealed class CriteriaJoins(ExternalTables tables, string? among)
{
    /// <summary>Most sets of one tree.</summary>
    public const int MaxSets = 60;

    /// <summary>The day of the question, in UTC.</summary>
    public const string Today = "(now() at time zone 'UTC')::date";

    private readonly List<string> sets = [];
    private readonly SortedSet<string> stays = new(StringComparer.Ordinal);
    private readonly SortedSet<string> events = new(StringComparer.Ordinal);

    /// <summary>How many sets have been joined.</summary>
    public int Sets => sets.Count;

    /// <summary>A value over a contact's bookings.</summary>
    public string Stay(string column)
    {
        stays.Add(column);
        return $"stay.{column}";
    }

    /// <summary>When a person last opened or clicked, as a day.</summary>
    public string LastEvent(string eventType)
    {
        events.Add(eventType);
        return $"(event.{eventType} at time zone 'UTC')::date";
    }

    /// <summary>The condition that a contact is in a set.</summary>
    /// <param name="contact">Its column with the contact.</param>
    /// <param name="from">The set: its tables and conditions, of which the last can take a further <c>and</c>.</param>
    /// <param name="rest">What follows the conditions.</param>
    public string In(string contact, string from, string rest)
    {
        var name = $"set{sets.Count}";
        sets.Add($" left join (select {contact} as contact_id from {from}{Among(contact)} {rest}) {name} on {name}.contact_id = c.{tables.ContactId}");
        return $"({name}.contact_id is not null)";
    }

    /// <summary>The contacts and all that is joined to them.</summary>
    public string From
    {
        get
        {
            var from = $"{(among is null ? tables.Contacts : $"(select * from {tables.Contacts} where {tables.ContactId} = any({among}))")} c";
            if (stays.Count > 0)
                from += $" left join (select {tables.ReservationContactId} as contact_id, {string.Join(", ", stays.Select(column => $"{Aggregate(column)} as {column}"))} from {tables.Reservations} where {tables.ReservationContactId} is not null{Among(tables.ReservationContactId)} group by 1) stay on stay.contact_id = c.{tables.ContactId}";
            if (events.Count > 0)
                from += $" left join (select contact_id, {string.Join(", ", events.Select(type => $"max(event_timestamp) filter (where event_type = '{type}') as {type}"))} from marketing.campaign_events where event_type in ({string.Join(", ", events.Select(type => $"'{type}'"))}) and event_data ->> 'machine' is distinct from 'true'{Among("contact_id")} group by 1) event on event.contact_id = c.{tables.ContactId}";
            return from + string.Concat(sets);
        }
    }

    private string Among(string contact) => among is null ? "" : $" and {contact} = any({among})";

    private string Aggregate(string column)
    {
        var booked = $"{tables.ReservationStatus}::text not in ('cancelled', 'no_show')";
        var completed = $"{booked} and {tables.ReservationCheckOut} <= {Today}";
        string Latest(string value) => $"(array_agg({value} order by {tables.ReservationCheckOut} desc, {tables.ReservationId}) filter (where {completed}))[1]";
        return column switch
        {
            "stays" => $"count(*) filter (where {completed})",
            "last_check_out" => $"max({tables.ReservationCheckOut}) filter (where {completed})",
            "next_check_in" => $"min({tables.ReservationCheckIn}) filter (where {booked} and {tables.ReservationCheckIn} >= {Today})",
            "total_spent" => $"sum({tables.ReservationTotalAmount}) filter (where {completed})",
            "party_size" => Latest(tables.ReservationGuests),
            "nights" => $"sum({tables.ReservationCheckOut} - {tables.ReservationCheckIn}) filter (where {completed})",
            "cancelled" => $"count(*) filter (where {tables.ReservationStatus}::text = 'cancelled')",
            "lead_time" => Latest($"{tables.ReservationCheckIn} - ({tables.ReservationBookedAt} at time zone 'UTC')::date"),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "No value over bookings."),
        };
    }
}
