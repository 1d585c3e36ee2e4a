using System.IO.Compression;

namespace Marketing.Library.Ingest.Documents;

/// <summary>Refuses archives that unfold into far more than they are; Office files are archives too.</summary>
internal static class CheckZip
{
    private const int MaxEntries = 100_000;

    // Small archives of text have high ratios by right.
    private const long Harmless = 64L << 20;

    /// <summary>Checks what the archive says of its entries, without unfolding any.</summary>
    /// <exception cref="MediaException">It is damaged or a bomb.</exception>
    public static void Run(string path, int maxRatio)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            if (archive.Entries.Count > MaxEntries) throw new MediaException($"The archive holds more than {MaxEntries} files. Upload a smaller one.");
            var unfolded = archive.Entries.Sum(entry => entry.Length);
            if (unfolded > Harmless && unfolded / Math.Max(1, file.Length) > maxRatio)
                throw new MediaException($"The archive unfolds to more than {maxRatio} times its size, as archives made to do harm do. Upload its files instead.");
        }
        catch (Exception damaged) when (damaged is InvalidDataException or OverflowException)
        {
            throw new MediaException("The archive is damaged or cut off. Upload it again.", damaged);
        }
    }
}
