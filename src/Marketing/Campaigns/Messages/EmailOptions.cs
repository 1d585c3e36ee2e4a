using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Messages;

/// <summary>What every marketing email shares, section <c>Email</c>.</summary>
public sealed partial class EmailOptions
{
    /// <summary>Name of the company, in the footer and on the preference page.</summary>
    public string Company { get; set; } = "";

    /// <summary>Physical postal address of the company, which commercial email must show (CAN-SPAM, 15 U.S.C. 7704(a)(5)); a campaign may name another.</summary>
    public string PostalAddress { get; set; } = "";

    /// <summary>Addresses (<c>news@example.com</c>) and domains (<c>example.com</c>) that the provider lets us send from, separated by commas.</summary>
    public string VerifiedSenders { get; set; } = "";

    /// <summary>Columns of the contacts that templates may use as <c>contact.column</c>, separated by commas.</summary>
    public string ContactFields { get; set; } = "first_name,last_name,country,language";

    /// <summary>Lists that people can join and leave by themselves, as <c>name=Title</c>, separated by semicolons, for example <c>newsletter=Newsletter;offers=Last-minute offers</c>.</summary>
    public string Lists { get; set; } = "";

    internal IReadOnlyList<string> Fields => Split(ContactFields, ',');

    internal IReadOnlyList<(string Name, string Title)> KnownLists => [.. Split(Lists, ';').Select(list => list.Split('=', 2)).Select(parts => (parts[0].Trim(), parts[^1].Trim()))];

    internal bool IsVerified(string address) => Split(VerifiedSenders, ',').Any(known => known.Contains('@', StringComparison.Ordinal)
        ? string.Equals(known, address, StringComparison.OrdinalIgnoreCase)
        : address.EndsWith($"@{known}", StringComparison.OrdinalIgnoreCase));

    private static string[] Split(string text, char separator) => text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,62}\z")]
    internal static partial Regex Identifier();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{0,62}\z")]
    internal static partial Regex ListName();
}

/// <summary>Refuses columns and lists that are none.</summary>
internal sealed class ValidateEmailOptions : IValidateOptions<EmailOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, EmailOptions options) =>
        options.Fields.FirstOrDefault(column => !EmailOptions.Identifier().IsMatch(column)) is { } field
            ? ValidateOptionsResult.Fail($"Email:ContactFields: '{field}' is no column name. Write lower-case letters, digits and underscores. Example: first_name,last_name")
            : options.KnownLists.Select(list => list.Name).FirstOrDefault(list => !EmailOptions.ListName().IsMatch(list)) is { } unfit
                ? ValidateOptionsResult.Fail($"Email:Lists: '{unfit}' is no name of a list. Write lower-case letters, digits, - and _. Example: newsletter=Newsletter;offers=Offers")
                : ValidateOptionsResult.Success;
}
