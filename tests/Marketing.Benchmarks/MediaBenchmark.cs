using System.Diagnostics;
using Marketing.Library;
using Marketing.Library.Ingest;
using Marketing.Library.Renditions;
using Marketing.Library.Renditions.Features;
using Marketing.Library.Tagging;
using Microsoft.Extensions.Options;
using NetVips;

namespace Marketing.Benchmarks;

/// <summary>The work of one ingested photograph beside sharp, which makes the same three renditions alone, in turns on the same file.</summary>
internal static class MediaBenchmark
{
    private const int Rounds = 12;
    private static readonly int[] Edges = [150, 400, 1600];

    public static async Task RunAsync(string modelFolder, string photograph, string folderWithSharp)
    {
        var file = Path.Combine(Path.GetTempPath(), $"bench-{Guid.NewGuid():N}.jpg");
        using (var large = Image.Thumbnail(photograph, 4000, height: 3000, size: Enums.Size.Force)) large.Jpegsave(file, q: 92);
        try
        {
            using var tagger = new OnnxTagger(modelFolder);
            using var faces = new FindFaces(Options.Create(new LibraryOptions { ModelFolder = modelFolder }));
            var see = new SeeImage(tagger, faces);
            Console.WriteLine($"{new FileInfo(file).Length} bytes, 4000 × 3000, {Environment.ProcessorCount} cores, {Rounds} rounds, medians of ms");
            await Tell("decode once, three JPEG, palette, measures, focal point, tags, faces", async () =>
            {
                using var decoded = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions());
                Renditions(decoded.Image);
                ExtractPalette.Run(decoded.Image);
                MeasureImage.Run(decoded.Image);
                await see.RunAsync(decoded, CancellationToken.None);
            });
            await Tell("decode once, three JPEG", () => { using var decoded = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions()); Renditions(decoded.Image); return Task.CompletedTask; });
            await Tell("thumbnail of 320 px alone, JPEG", () => { using var small = Image.Thumbnail(file, 320, height: 320); small.JpegsaveBuffer(q: 84); return Task.CompletedTask; });
            using (var decoded = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions()))
            {
                await Tell("offline tags", () => tagger.TagAsync(decoded.Image, CancellationToken.None));
                await Tell("faces", () => { faces.Run(decoded.Image); return Task.CompletedTask; });
            }
            Console.WriteLine($"peak resident {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
            Sharp(folderWithSharp, file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Renditions(Image image)
    {
        foreach (var edge in Edges)
        {
            using var small = image.ThumbnailImage(edge, height: edge, size: Enums.Size.Down);
            small.JpegsaveBuffer(q: 84);
        }
    }

    private static async Task Tell(string what, Func<Task> work)
    {
        await work();
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            await work();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        Console.WriteLine($"{times.Order().ElementAt(Rounds / 2),8:f1}  {what}");
    }

    private static void Sharp(string folder, string file)
    {
        const string Script = """
            const sharp = require('sharp'); sharp.cache(false); const file = process.argv[1], rounds = +process.argv[2];
            const make = e => sharp(file).rotate().resize(e, e, { fit: 'inside' }).jpeg({ quality: 84 }).toBuffer();
            const tell = async (what, work) => { await work(); const t = []; for (let i = 0; i < rounds; i++) { const b = performance.now(); await work(); t.push(performance.now() - b); }
              t.sort((a, b) => a - b); console.log(t[rounds >> 1].toFixed(1).padStart(8) + '  sharp: ' + what); };
            (async () => {
              await tell('three JPEG, each from the file, at once', () => Promise.all([150, 400, 1600].map(make)));
              await tell('three JPEG from one decode (clone)', async () => { const s = sharp(file).rotate(); await Promise.all([150, 400, 1600].map(e => s.clone().resize(e, e, { fit: 'inside' }).jpeg({ quality: 84 }).toBuffer())); });
              await tell('thumbnail of 320 px alone', () => make(320));
            })();
            """;
        using var node = Process.Start(new ProcessStartInfo("node") { WorkingDirectory = folder, ArgumentList = { "-e", Script, file, $"{Rounds}" } })!;
        node.WaitForExit();
    }
}
