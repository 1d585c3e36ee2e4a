namespace Marketing.DevHost.Commands;

/// <summary>How the machine is brought up.</summary>
/// <param name="Port">Port of the API; 0 picks a free one.</param>
/// <param name="DataFolder">Where everything is kept between starts.</param>
/// <param name="ReadyFile">Written when everything answers; null for none.</param>
/// <param name="WithDemoData">True when an empty database gets demo rows.</param>
internal sealed record UpOptions(int Port, string DataFolder, string? ReadyFile, bool WithDemoData)
{
    /// <summary>The port of the Functions host.</summary>
    public const int DefaultPort = 7071;

    /// <summary>A folder that the repository ignores.</summary>
    public const string DefaultDataFolder = ".data";
}
