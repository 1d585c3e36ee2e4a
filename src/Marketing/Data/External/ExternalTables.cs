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
        var wrongTable = new[] { options.Contacts, options.Properties, options.ListingPhotos }.FirstOrDefault(table => table.Split('.') is not [var schema, var relation] || !IsIdentifier(schema) || !IsIdentifier(relation));
        if (wrongTable is not null) return ValidateOptionsResult.Fail($"ExternalTables: '{wrongTable}' is no table. Write schema.table in lower-case letters, digits and underscores. Example: directory.contacts");
        var wrongColumn = new[] { options.ContactId, options.ContactEmail, options.PropertyId, options.ListingPhotoProperty, options.ListingPhotoAsset, options.ListingPhotoOrder, options.ListingPhotoIsCover }.FirstOrDefault(column => !IsIdentifier(column));
        return wrongColumn is null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"ExternalTables: '{wrongColumn}' is no column name. Write lower-case letters, digits and underscores. Example: email");
    }

    private static bool IsIdentifier(string text) => Identifier().IsMatch(text);

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex Identifier();
}
