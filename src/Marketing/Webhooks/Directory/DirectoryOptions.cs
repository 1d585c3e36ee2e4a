using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.Directory;

/// <summary>
/// Where contacts are found, section <c>Directory</c>. The table belongs to another team, so an operator may rename what we read of it.
/// The values become SQL identifiers and are checked at start.
/// </summary>
public sealed class DirectoryOptions
{
    /// <summary>Table, with its schema.</summary>
    public string Contacts { get; set; } = "directory.contacts";

    /// <summary>Its uuid key.</summary>
    public string Id { get; set; } = "id";

    /// <summary>Its column with the email address.</summary>
    public string Email { get; set; } = "email";
}

/// <summary>Refuses what is no identifier.</summary>
internal sealed partial class ValidateDirectoryOptions : IValidateOptions<DirectoryOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, DirectoryOptions options) =>
        Identifier().IsMatch(options.Id) && Identifier().IsMatch(options.Email) && options.Contacts.Split('.') is [var schema, var table] && Identifier().IsMatch(schema) && Identifier().IsMatch(table)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Directory:Contacts must be schema.table, Directory:Id and Directory:Email column names, of lower-case letters, digits and underscores. Example: directory.contacts, id, email");

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex Identifier();
}
