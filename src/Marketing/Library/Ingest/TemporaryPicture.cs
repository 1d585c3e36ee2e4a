namespace Marketing.Library.Ingest;

/// <summary>A picture made of a file that is none, which goes when this is disposed; or why there is none.</summary>
/// <param name="Path">The file; null when it could not be made.</param>
/// <param name="Absence">Why it could not be made, as a sentence.</param>
internal sealed record TemporaryPicture(string? Path, string? Absence = null) : IDisposable
{
    /// <summary>A name in the temporary folder that nothing has.</summary>
    public static string NewPath() => System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"ingest-{Guid.NewGuid():N}");

    /// <summary>Removes the file.</summary>
    public void Dispose()
    {
        if (Path is not null) File.Delete(Path);
    }
}
