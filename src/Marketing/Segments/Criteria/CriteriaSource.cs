namespace Marketing.Segments.Criteria;

/// <summary>Where a field's value comes from: a name in column <c>source</c> of <c>ref_segment_criteria</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">Type of the value: text, number, date or boolean.</param>
/// <param name="IsMany">A contact has any number of values; a clause asks whether one of them fits.</param>
internal sealed record CriteriaSource(string Name, string Kind, bool IsMany = false)
{
    private static readonly Dictionary<string, CriteriaSource> Known = new CriteriaSource[]
    {
        new("contacts.country", "text"), new("contacts.language", "text"), new("contacts.email", "text"), new("contacts.marketing_consent", "boolean"),
        new("contacts.created_at", "date"), new("contacts.birth_date", "date"), new("contacts.random_bucket", "number"),
        new("reservations.channel", "text", IsMany: true), new("reservations.property_id", "text", IsMany: true),
        new("reservations.count", "number"), new("reservations.check_out", "date"), new("reservations.check_in", "date"), new("reservations.total_amount", "number"),
        new("reservations.guests", "number"), new("reservations.nights", "number"), new("reservations.cancelled", "number"), new("reservations.lead_time", "number"),
        new("events.opened", "date"), new("events.clicked", "date"), new("events.unsubscribed", "boolean"),
    }.ToDictionary(source => source.Name, StringComparer.Ordinal);

    /// <summary>The source of this name; null when this version knows none.</summary>
    public static CriteriaSource? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>True when values of this source have the type that a field states.</summary>
    public bool Serves(string dataType) => Kind == dataType || (Kind == "text" && dataType == "list");
}
