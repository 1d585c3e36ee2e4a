namespace Marketing.Library.Ingest;

/// <summary>A picture made of a file that is none, which goes when this is disposed; or why there is none.</summary>
/// <param name="Path">The file; null when it could not be made.</param>
/// <param name="Absence">Why it could not be made, as a sentence.</param>
internal sealed record TemporaryPicture(string? Path, string? Absence = null) : IDisposable
{
    private const string Prefix = "ingest-";

    /// <summary>A name in the temporary folder that nothing has.</summary>
    public static string NewPath() => System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Prefix}{Guid.NewGuid():N}");

    /// <summary>Removes what killed workers left in the temporary folder.</summary>
    /// <param name="before">Files written later may still be in use.</param>
    public static void RemoveAbandoned(DateTimeOffset before)
    {
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.GetTempPath(), $"{Prefix}*"))
        {
            if (File.GetLastWriteTimeUtc(file) >= before) continue;
            try
            {
                File.Delete(file);
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's product on this machine; it removes its own.
            }
        }
    }

    /// <summary>Removes the file.</summary>
    public void Dispose()
    {
        if (Path is not null) File.Delete(Path);
    }
}
