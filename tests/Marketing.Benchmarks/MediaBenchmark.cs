using System.Diagnostics;
using System.Globalization;
using Marketing.Library;
using Marketing.Library.Ingest;
using Marketing.Library.Renditions;
using Marketing.Library.Renditions.Features;
using Marketing.Library.Tagging;
using Microsoft.Extensions.Options;
using NetVips;

namespace Marketing.Benchmarks;

/// <summary>The work of ingested photographs beside sharp, which makes the same renditions alone: the same file, two photographs at a time, in turns.</summary>
internal static class MediaBenchmark
{
    private const int Rounds = 3;
    private const int Photographs = 24;
    private const int AtOnce = 2;
    private static readonly int[] Edges = [150, 400, 1600];

    public static async Task RunAsync(string modelFolder, string photograph, string folderWithSharp)
    {
        var file = Path.Combine(Path.GetTempPath(), $"bench-{Guid.NewGuid():N}.jpg");
        WriteLikeACamera(photograph, file);
        try
        {
            var begun = Stopwatch.GetTimestamp();
            using var tagger = new OnnxTagger(modelFolder);
            using var faces = new FindFaces(Options.Create(new LibraryOptions { ModelFolder = modelFolder }));
            var see = new SeeImage(tagger, faces, Microsoft.Extensions.Logging.Abstractions.NullLogger<SeeImage>.Instance);
            using (var first = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions())) await see.RunAsync(first, CancellationToken.None);
            Console.WriteLine($"{new FileInfo(file).Length} bytes, 4000 × 3000, {Environment.ProcessorCount} cores, {AtOnce} at a time, {Rounds} rounds of {Photographs}, medians; first tags {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:f0} ms after the model's loading began");
            var (all, renditions, thumbnail) = (new List<Figure>(), new List<Figure>(), new List<Figure>());
            var sharp = new List<Figure[]>();
            for (var round = 0; round < Rounds; round++)
            {
                all.Add(await MeasureAsync(async () =>
                {
                    using var decoded = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions());
                    Renditions(decoded.Image);
                    ExtractPalette.Run(decoded.Small);
                    MeasureImage.Run(decoded.Small);
                    await see.RunAsync(decoded, CancellationToken.None);
                }));
                renditions.Add(await MeasureAsync(() => { using var decoded = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions()); Renditions(decoded.Image); return Task.CompletedTask; }));
                thumbnail.Add(await MeasureAsync(() => { using var small = Image.Thumbnail(file, 320, height: 320, size: Enums.Size.Down); small.JpegsaveBuffer(q: 84); return Task.CompletedTask; }));
                sharp.Add(Sharp(folderWithSharp, file));
            }
            var (three, shared, small) = (sharp.ConvertAll(figures => figures[0]), sharp.ConvertAll(figures => figures[1]), sharp.ConvertAll(figures => figures[2]));
            Tell("three renditions, palette, measures, focal point, tags, faces", all, three, shared);
            Tell("three renditions", renditions, three, shared);
            Tell("thumbnail of 320 px", thumbnail, small);
            Tell("sharp: three renditions", three);
            Tell("sharp: three renditions from one decoding (clone)", shared);
            Tell("sharp: thumbnail of 320 px", small);
            Console.WriteLine($"peak resident {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
            using (var decoded = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions()))
            {
                _ = decoded.Small;
                await TellOneAsync("offline tags", () => tagger.TagAsync(decoded.Small, CancellationToken.None));
                await TellOneAsync("faces", () => { faces.Run(decoded.Small); return Task.CompletedTask; });
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Enlarged from what there is, with the grain of a sensor, so that it has the bytes of a camera's file.
    private static void WriteLikeACamera(string photograph, string file)
    {
        using var enlarged = Image.Thumbnail(photograph, 4000, height: 3000, size: Enums.Size.Force);
        using var large = enlarged.CopyMemory();
        using var grain = Image.Gaussnoise(large.Width, large.Height, sigma: 9, mean: 0, seed: 1);
        using var grainy = (large + grain).Cast(Enums.BandFormat.Uchar);
        using var picture = grainy.Copy(interpretation: Enums.Interpretation.Srgb);
        picture.Jpegsave(file, q: 90);
    }

    private static void Renditions(Image image)
    {
        foreach (var edge in Edges)
        {
            using var small = image.ThumbnailImage(edge, height: edge, size: Enums.Size.Down);
            small.JpegsaveBuffer(q: 84);
        }
    }

    private static async Task<Figure> MeasureAsync(Func<Task> work)
    {
        await work();
        var left = Photographs;
        var (begun, processor) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () => { while (Interlocked.Decrement(ref left) >= 0) await work(); })));
        return new Figure(Photographs / Stopwatch.GetElapsedTime(begun).TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMilliseconds / Photographs);
    }

    private static async Task TellOneAsync(string what, Func<Task> work)
    {
        for (var i = 0; i < 3; i++) await work();
        var (times, processor) = (new List<double>(), Process.GetCurrentProcess().TotalProcessorTime);
        for (var i = 0; i < Photographs; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await work();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        Console.WriteLine($"{times.Order().ElementAt(Photographs / 2),7:f1} ms, {(Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMilliseconds / Photographs,4:f0} ms of processor  one at a time: {what}");
    }

    private static void Tell(string what, List<Figure> figures, params List<Figure>[] peers)
    {
        var ratios = string.Join(" and ", peers.Select(peer => $"{Median(figures).PerSecond / Median(peer).PerSecond:f2} ×"));
        Console.WriteLine($"{Median(figures).PerSecond,7:f1}/s, {Median(figures).ProcessorMs,4:f0} ms of processor  {what}{(ratios.Length > 0 ? $": {ratios} sharp" : "")}");
    }

    private static Figure Median(List<Figure> figures) => figures.OrderBy(figure => figure.PerSecond).ElementAt(figures.Count / 2);

    private static Figure[] Sharp(string folder, string file)
    {
        const string Script = """
            const sharp = require('sharp'); sharp.cache(false); const [file, count, at] = [process.argv[1], +process.argv[2], +process.argv[3]], edges = [150, 400, 1600];
            const make = (from, e) => from.resize(e, e, { fit: 'inside' }).jpeg({ quality: 84 }).toBuffer();
            const tell = async work => { await work(); let left = count; const c = process.cpuUsage(), b = performance.now();
              await Promise.all(Array.from({ length: at }, async () => { while (left-- > 0) await work(); }));
              const s = (performance.now() - b) / 1000, u = process.cpuUsage(c); console.log(count / s, (u.user + u.system) / 1000 / count); };
            (async () => {
              await tell(() => Promise.all(edges.map(e => make(sharp(file).rotate(), e))));
              await tell(() => { const s = sharp(file).rotate(); return Promise.all(edges.map(e => make(s.clone(), e))); });
              await tell(() => make(sharp(file).rotate(), 320));
            })();
            """;
        using var node = Process.Start(new ProcessStartInfo("node") { WorkingDirectory = folder, ArgumentList = { "-e", Script, file, $"{Photographs}", $"{AtOnce}" }, RedirectStandardOutput = true })!;
        var lines = node.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        node.WaitForExit();
        if (node.ExitCode != 0 || lines.Length != 3) throw new InvalidOperationException($"sharp did not run in {folder}. Install it there: npm i sharp@0.34");
        return [.. lines.Select(line => line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()).Select(numbers => new Figure(numbers[0], numbers[1]))];
    }

    private sealed record Figure(double PerSecond, double ProcessorMs);
}
