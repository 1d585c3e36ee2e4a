using Npgsql;

namespace Marketing.DevHost.ExternalTables;

/// <summary>
/// Small stand-ins for the tables that other teams own, for development and tests: created only where they are absent, filled only where they
/// are empty, with the same rows for the same seed.
/// </summary>
public static class StandInTables
{
    private const string Create = """
        create schema if not exists property;
        create schema if not exists directory;
        create schema if not exists reservations;
        create schema if not exists property_listings;
        create table if not exists property.properties (
            id uuid primary key, property_code text not null unique, name text not null, town text not null, region text not null, country text not null,
            bedrooms integer not null, bathrooms integer not null, max_guests integer not null, nightly_rate numeric(10,2) not null, currency text not null default 'EUR',
            status text not null default 'active', created_at timestamptz not null default now());
        create table if not exists directory.contacts (
            id uuid primary key, first_name text not null, last_name text not null, email text not null unique, phone text, country text not null, language text not null,
            marketing_consent boolean not null default false, birth_date date, created_at timestamptz not null default now());
        create table if not exists reservations.reservations (
            id uuid primary key, reservation_code text not null unique, property_id uuid not null references property.properties (id),
            contact_id uuid not null references directory.contacts (id), booked_at timestamptz not null, check_in date not null, check_out date not null,
            guests integer not null, total_amount numeric(12,2) not null, currency text not null default 'EUR', channel text not null, status text not null,
            check (check_out > check_in));
        create table if not exists property_listings.listing_photos (
            id uuid primary key, property_id uuid not null references property.properties (id), library_asset_id uuid, display_order integer not null default 0,
            is_cover boolean not null default false, created_at timestamptz not null default now());
        """;

    /// <summary>Creates and fills them.</summary>
    /// <param name="connectionString">Npgsql connection string of a role that may create schemas.</param>
    /// <param name="seed">Decides every value.</param>
    /// <param name="cancellationToken">Stops between statements; nothing is half filled.</param>
    public static async Task CreateAsync(string connectionString, int seed, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // One process at a time: "create if not exists" of two sessions may collide.
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({seed})", cancellationToken);
        await ExecuteAsync(connection, Create, cancellationToken);
        await using var empty = new NpgsqlCommand("select not exists (select from directory.contacts) and not exists (select from property.properties)", connection);
        if (await empty.ExecuteScalarAsync(cancellationToken) is true) await FillAsync(connection, StandInRows.Make(seed), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task FillAsync(NpgsqlConnection connection, StandInRows rows, CancellationToken cancellationToken)
    {
        await CopyAsync(connection, "copy property.properties (id, property_code, name, town, region, country, bedrooms, bathrooms, max_guests, nightly_rate) from stdin (format binary)", rows.Properties, cancellationToken);
        await CopyAsync(connection, "copy directory.contacts (id, first_name, last_name, email, country, language, marketing_consent, birth_date) from stdin (format binary)", rows.Contacts, cancellationToken);
        await CopyAsync(connection, "copy reservations.reservations (id, reservation_code, property_id, contact_id, booked_at, check_in, check_out, guests, total_amount, channel, status) from stdin (format binary)", rows.Reservations, cancellationToken);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string copy, IEnumerable<object[]> rows, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(copy, cancellationToken);
        foreach (var row in rows) await writer.WriteRowAsync(cancellationToken, row!);
        await writer.CompleteAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
