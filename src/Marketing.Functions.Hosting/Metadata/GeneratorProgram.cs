namespace Marketing.Functions.Hosting.Metadata;

/// <summary>The program that the build runs to write <c>function.json</c> files.</summary>
internal static class GeneratorProgram
{
    private static int Main(string[] args)
    {
        if (args is not [var assembly, var folder])
        {
            Console.Error.WriteLine("Usage: Marketing.Functions.Hosting <assembly with functions> <folder to write>");
            return 2;
        }
        Console.WriteLine($"{WriteFunctionFolders.Run(assembly, folder)} functions written.");
        return 0;
    }
}
