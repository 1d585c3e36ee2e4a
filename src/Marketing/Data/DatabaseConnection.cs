using System.Globalization;
using Npgsql;

namespace Marketing.Data;

/// <summary>Reads the database address in either of its two usual forms.</summary>
public static class DatabaseConnection
{
    /// <summary>Name of the setting that holds the address.</summary>
    public const string Setting = "MARKETING_DATABASE";

    /// <summary>Turns <c>postgres://user:password@host:port/database?sslmode=require</c>, or an Npgsql connection string, into the latter.</summary>
    /// <exception cref="FormatException">Neither form; the message names the setting and gives an example, never the value.</exception>
    public static string Parse(string? address)
    {
        if (string.IsNullOrWhiteSpace(address))
            throw new FormatException($"{Setting} is not set. Example: postgres://marketing:secret@db.example.com:5432/marketing?sslmode=verify-full");

        try
        {
            return IsUrl(address) ? FromUrl(new Uri(address)) : new NpgsqlConnectionStringBuilder(address).ConnectionString;
        }
        catch (Exception exception) when (exception is ArgumentException or UriFormatException)
        {
            throw new FormatException(
                $"{Setting} cannot be read. Write postgres://user:password@host:port/database or an Npgsql connection string such as Host=…;Database=…;Username=….");
        }
    }

    /// <summary>The <c>postgres://</c> form of an Npgsql connection string.</summary>
    public static string ToUrl(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var user = Uri.EscapeDataString(parts.Username ?? "");
        var password = string.IsNullOrEmpty(parts.Password) ? "" : $":{Uri.EscapeDataString(parts.Password)}";
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{user}{password}@{parts.Host}:{parts.Port}/{Uri.EscapeDataString(parts.Database ?? "")}");
    }

    private static bool IsUrl(string address) =>
        address.StartsWith("postgres://", StringComparison.Ordinal) || address.StartsWith("postgresql://", StringComparison.Ordinal);

    private static string FromUrl(Uri url)
    {
        var credentials = url.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(credentials[0]),
        };
        if (credentials.Length == 2) builder.Password = Uri.UnescapeDataString(credentials[1]);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = (Uri.UnescapeDataString(pair.Split('=', 2)[0]), Uri.UnescapeDataString(pair.Contains('=') ? pair.Split('=', 2)[1] : ""));
            builder[key switch { "sslmode" => "SSL Mode", "application_name" => "Application Name", "connect_timeout" => "Timeout", _ => key }] =
                key == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return builder.ConnectionString;
    }
}
