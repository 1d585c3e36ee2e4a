namespace Marketing.Library.Ingest.Documents;

/// <summary>Draws the first page of a PDF with pdftoppm (poppler-utils), where this machine has it.</summary>
internal static class DrawPdfPage
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The page as JPEG, or why there is none.</summary>
    /// <param name="program">pdftoppm; null when this machine has none.</param>
    /// <param name="path">The PDF.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<TemporaryPicture> RunAsync(string? program, string path, CancellationToken cancellationToken)
    {
        if (program is null) return new TemporaryPicture(null, "This machine has no pdftoppm, so there is no preview.");
        var name = TemporaryPicture.NewPath();
        var answer = await RunTool.RunAsync(program, ["-q", "-f", "1", "-l", "1", "-singlefile", "-scale-to", "1600", "-jpeg", path, name], Limit, cancellationToken);
        if (answer is { ExitCode: 0 } && File.Exists($"{name}.jpg")) return new TemporaryPicture($"{name}.jpg");
        File.Delete($"{name}.jpg");
        return new TemporaryPicture(null, "Its first page could not be drawn.");
    }
}
