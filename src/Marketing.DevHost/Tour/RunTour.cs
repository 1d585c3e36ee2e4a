using Azure.Storage.Blobs;
using Marketing.Data;
using Marketing.DevHost.Models;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Npgsql;

namespace Marketing.DevHost.Tour;

/// <summary>Runs the main job from a photograph to a counted click and tells what happens.</summary>
internal static class RunTour
{
    private const int Contacts = 5;

    /// <summary>Runs it against a machine.</summary>
    /// <exception cref="TourException">A step failed; the message says which and why.</exception>
    public static async Task RunAsync(ReadyFile machine, TextWriter output, CancellationToken cancellationToken)
    {
        var tell = new Narrator(output);
        tell.Say($"A tour of the product at {machine.ApiUrl}. Everything below really happens.");
        using var api = new TourClient(machine.ApiUrl, machine.AdminKey);
        var photographs = await SamplePhotographs.FetchAsync(Path.Combine(ServerPackages.CacheFolder, "packages"), cancellationToken);
        await using var database = NpgsqlDataSource.Create(DatabaseConnection.Parse(machine.DatabaseUrl));
        var property = await ReadAsync(database, "select id from property.properties order by property_code limit 1", reader => reader.GetGuid(0), cancellationToken);
        var contacts = await ReadAsync(database, $"select id, email from directory.contacts order by email limit {Contacts}", reader => new TourContact(reader.GetGuid(0), reader.GetString(1)), cancellationToken);

        var asset = await new PhotoStep(api, new BlobServiceClient(machine.StorageConnectionString), machine.UploadsContainer, tell).RunAsync(photographs.Pool, property[0], cancellationToken);
        await new PublishStep(api, new Uri(machine.StubUrl), tell).RunAsync(asset, cancellationToken);
        await new EmailStep(api, new SendGridSigner(machine.WebhookKeys["sendGridPrivateKey"]), tell).RunAsync(contacts, cancellationToken);
        tell.Say("");
        tell.Say("That was the main job: a photograph described, a post published once, a click counted. docs/architecture.md shows the files behind each step.");
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows.Count > 0 ? rows : throw new TourException("The stand-in tables are empty. Start with an empty data folder, or without MARKETING_DATABASE.");
    }
}
