using System.Text.Json;

namespace Marketing.Functions.Hosting.Metadata;

/// <summary>Writes a folder with a <c>function.json</c> for every function, and removes the folders of functions that are gone.</summary>
internal static class WriteFunctionFolders
{
    private const string FileName = "function.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Brings a folder up to date; files that are right already keep their time.</summary>
    /// <returns>The number of functions.</returns>
    public static int Run(string assemblyPath, string folder)
    {
        var functions = FunctionMetadata.Read(assemblyPath);
        Directory.CreateDirectory(folder);
        foreach (var gone in Directory.GetDirectories(folder).Where(existing => File.Exists(Path.Combine(existing, FileName)) && !functions.ContainsKey(Path.GetFileName(existing))))
            Directory.Delete(gone, recursive: true);
        foreach (var (name, function) in functions)
        {
            var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, FileName);
            var content = function.ToJsonString(Indented) + "\n";
            if (!File.Exists(file) || File.ReadAllText(file) != content) File.WriteAllText(file, content);
        }
        return functions.Count;
    }
}
