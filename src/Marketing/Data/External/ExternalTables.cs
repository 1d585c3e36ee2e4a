using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Marketing.Data.External;

/// <summary>
/// Where the tables of other teams are found, section <c>ExternalTables</c>. An operator may rename what we read of them. The values
/// become SQL identifiers and are checked at start.
/// </summary>
public sealed class ExternalTables
{
    /// <summary>Table of contacts, with its schema.</summary>
    public string Contacts { get; set; } = "directory.contacts";

    /// <summary>Its uuid key.</summary>
    public string ContactId { get; set; } = "id";

    /// <summary>Its column with the email address.</summary>
    public string ContactEmail { get; set; } = "email";

    /// <summary>Contact's country.</summary>
    public string ContactCountry { get; set; } = "country";

    /// <summary>Contact's language.</summary>
    public string ContactLanguage { get; set; } = "language";

    /// <summary>Whether the contact agreed to marketing messages, boolean.</summary>
    public string ContactMarketingConsent { get; set; } = "marketing_consent";

    /// <summary>When the contact was first recorded, timestamptz.</summary>
    public string ContactCreatedAt { get; set; } = "created_at";

    /// <summary>Contact's day of birth, date; empty where the table has no such column.</summary>
    public string ContactBirthDate { get; set; } = "";

    /// <summary>When the contact's row was last written, timestamptz, kept by its owner on every insert and update; empty where the table has no such column.</summary>
    public string ContactUpdatedAt { get; set; } = "";

    /// <summary>Table of reservations, with its schema.</summary>
    public string Reservations { get; set; } = "reservations.reservations";

    /// <summary>Key of a reservation.</summary>
    public string ReservationId { get; set; } = "id";

    /// <summary>Contact that booked, uuid.</summary>
    public string ReservationContactId { get; set; } = "contact_id";

    /// <summary>Property that was booked, uuid.</summary>
    public string ReservationPropertyId { get; set; } = "property_id";

    /// <summary>When it was booked, timestamptz.</summary>
    public string ReservationBookedAt { get; set; } = "booked_at";

    /// <summary>First day of the stay, date.</summary>
    public string ReservationCheckIn { get; set; } = "check_in";

    /// <summary>Day of departure, date.</summary>
    public string ReservationCheckOut { get; set; } = "check_out";

    /// <summary>Number of guests, integer.</summary>
    public string ReservationGuests { get; set; } = "guests";

    /// <summary>Amount of the booking, numeric.</summary>
    public string ReservationTotalAmount { get; set; } = "total_amount";

    /// <summary>What went back to the guest, numeric; empty where the table has no such column.</summary>
    public string ReservationRefunded { get; set; } = "";

    /// <summary>ISO 4217 code of the amount.</summary>
    public string ReservationCurrency { get; set; } = "currency";

    /// <summary>Where it was booked, text.</summary>
    public string ReservationChannel { get; set; } = "channel";

    /// <summary>Its status; those <c>cancelled</c> and <c>no_show</c> are no stays.</summary>
    public string ReservationStatus { get; set; } = "status";

    /// <summary>When the booking's row was last written, timestamptz, kept by its owner on every insert and update; empty where the table has no such column.</summary>
    public string ReservationUpdatedAt { get; set; } = "";

    /// <summary>Table of properties, with its schema.</summary>
    public string Properties { get; set; } = "property.properties";

    /// <summary>Its uuid key.</summary>
    public string PropertyId { get; set; } = "id";

    /// <summary>Table of the photos of listings, with its schema.</summary>
    public string ListingPhotos { get; set; } = "property_listings.listing_photos";

    /// <summary>Its column with the property.</summary>
    public string ListingPhotoProperty { get; set; } = "property_id";

    /// <summary>Its column with the asset.</summary>
    public string ListingPhotoAsset { get; set; } = "library_asset_id";

    /// <summary>Its column with the place in the order, from 0.</summary>
    public string ListingPhotoOrder { get; set; } = "display_order";

    /// <summary>Its column that is true for the cover.</summary>
    public string ListingPhotoIsCover { get; set; } = "is_cover";
}

/// <summary>Refuses what is no identifier.</summary>
internal sealed partial class ValidateExternalTables : IValidateOptions<ExternalTables>
{
    private static readonly string[] Tables = [nameof(ExternalTables.Contacts), nameof(ExternalTables.Reservations), nameof(ExternalTables.Properties), nameof(ExternalTables.ListingPhotos)];
    private static readonly string[] Optional = [nameof(ExternalTables.ContactBirthDate), nameof(ExternalTables.ContactUpdatedAt), nameof(ExternalTables.ReservationRefunded), nameof(ExternalTables.ReservationUpdatedAt)];

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ExternalTables options)
    {
        foreach (var property in typeof(ExternalTables).GetProperties())
        {
            var value = (string?)property.GetValue(options) ?? "";
            if (Tables.Contains(property.Name))
            {
                if (value.Split('.') is not [var schema, var relation] || !IsIdentifier(schema) || !IsIdentifier(relation))
                    return ValidateOptionsResult.Fail($"ExternalTables:{property.Name} '{value}' is no table. Write schema.table in lower-case letters, digits and underscores. Example: directory.contacts");
            }
            else if (!IsIdentifier(value) && !(value.Length == 0 && Optional.Contains(property.Name)))
            {
                return ValidateOptionsResult.Fail($"ExternalTables:{property.Name} '{value}' is no column name. Write lower-case letters, digits and underscores. Example: email");
            }
        }
        return ValidateOptionsResult.Success;
    }

    private static bool IsIdentifier(string text) => Identifier().IsMatch(text);

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex Identifier();
}
