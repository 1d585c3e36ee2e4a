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

    /// <summary>Table of reservations, with its schema.</summary>
    public string Reservations { get; set; } = "reservations.reservations";

    /// <summary>Key of a reservation.</summary>
    public string ReservationId { get; set; } = "id";

    /// <summary>Contact that booked, uuid.</summary>
    public string ReservationContactId { get; set; } = "contact_id";

    /// <summary>Property that was booked, uuid.</summary>
    public string ReservationPropertyId { get; set; } = "property_id";

    /// <summary>First day of the stay, date.</summary>
    public string ReservationCheckIn { get; set; } = "check_in";

    /// <summary>Day of departure, date.</summary>
    public string ReservationCheckOut { get; set; } = "check_out";

    /// <summary>Number of guests, integer.</summary>
    public string ReservationGuests { get; set; } = "guests";

    /// <summary>Amount of the booking, numeric.</summary>
    public string ReservationTotalAmount { get; set; } = "total_amount";

    /// <summary>Where it was booked, text.</summary>
    public string ReservationChannel { get; set; } = "channel";

    /// <summary>Its status; those <c>cancelled</c> and <c>no_show</c> are no stays.</summary>
    public string ReservationStatus { get; set; } = "status";

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
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ExternalTables options)
    {
        var wrongTable = new[] { options.Contacts, options.Properties, options.Reservations, options.ListingPhotos }.FirstOrDefault(table => table.Split('.') is not [var schema, var relation] || !IsIdentifier(schema) || !IsIdentifier(relation));
        if (wrongTable is not null) return ValidateOptionsResult.Fail($"ExternalTables: '{wrongTable}' is no table. Write schema.table in lower-case letters, digits and underscores. Example: directory.contacts");
        var wrongColumn = new[]
        {
            options.ContactId, options.ContactEmail, options.ContactCountry, options.ContactLanguage, options.ContactMarketingConsent, options.ContactCreatedAt, options.PropertyId,
            options.ReservationId, options.ReservationContactId, options.ReservationPropertyId, options.ReservationCheckIn, options.ReservationCheckOut, options.ReservationGuests,
            options.ReservationTotalAmount, options.ReservationChannel, options.ReservationStatus,
            options.ListingPhotoProperty, options.ListingPhotoAsset, options.ListingPhotoOrder, options.ListingPhotoIsCover,
        }.FirstOrDefault(column => !IsIdentifier(column));
        return wrongColumn is null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"ExternalTables: '{wrongColumn}' is no column name. Write lower-case letters, digits and underscores. Example: email");
    }

    private static bool IsIdentifier(string text) => Identifier().IsMatch(text);

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex Identifier();
}
