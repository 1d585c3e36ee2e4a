using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Marketing.Data.External;

/// <summary>
/// Where the bookings of another team are found, section <c>ExternalTables</c> like <see cref="ExternalTables"/>. The values become SQL
/// identifiers and are checked at start.
/// </summary>
public sealed class ExternalReservations
{
    /// <summary>Table of bookings, with its schema.</summary>
    public string Reservations { get; set; } = "reservations.reservations";

    /// <summary>Its uuid key.</summary>
    public string ReservationId { get; set; } = "id";

    /// <summary>Its column with the guest's uuid.</summary>
    public string ReservationContact { get; set; } = "contact_id";

    /// <summary>Its column with the property's uuid.</summary>
    public string ReservationProperty { get; set; } = "property_id";

    /// <summary>When it was booked, timestamptz.</summary>
    public string ReservationBookedAt { get; set; } = "booked_at";

    /// <summary>First day of the stay, date.</summary>
    public string ReservationArrival { get; set; } = "check_in";

    /// <summary>What the guest pays, numeric.</summary>
    public string ReservationAmount { get; set; } = "total_amount";

    /// <summary>What went back to the guest, numeric; empty where the table has no such column.</summary>
    public string ReservationRefunded { get; set; } = "";

    /// <summary>ISO 4217 code of the amount.</summary>
    public string ReservationCurrency { get; set; } = "currency";

    /// <summary>Where it was booked: direct, airbnb, …</summary>
    public string ReservationChannel { get; set; } = "channel";

    /// <summary>Its state.</summary>
    public string ReservationStatus { get; set; } = "status";
}

/// <summary>Refuses what is no identifier.</summary>
internal sealed partial class ValidateExternalReservations : IValidateOptions<ExternalReservations>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ExternalReservations options)
    {
        if (options.Reservations.Split('.') is not [var schema, var table] || !Identifier().IsMatch(schema) || !Identifier().IsMatch(table))
            return ValidateOptionsResult.Fail($"ExternalTables:Reservations '{options.Reservations}' is no table. Write schema.table in lower-case letters, digits and underscores. Example: reservations.reservations");
        var wrong = new[]
        {
            options.ReservationId, options.ReservationContact, options.ReservationProperty, options.ReservationBookedAt, options.ReservationArrival, options.ReservationAmount,
            options.ReservationCurrency, options.ReservationChannel, options.ReservationStatus, options.ReservationRefunded.Length == 0 ? "none" : options.ReservationRefunded,
        }.FirstOrDefault(column => !Identifier().IsMatch(column));
        return wrong is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail($"ExternalTables: '{wrong}' is no column name of the reservations. Write lower-case letters, digits and underscores. Example: total_amount");
    }

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex Identifier();
}
