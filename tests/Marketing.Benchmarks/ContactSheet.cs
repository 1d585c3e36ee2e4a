using Marketing.Library;
using Marketing.Library.Ingest;
using Marketing.Library.Renditions;
using Marketing.Library.Renditions.Features;
using Marketing.Library.Tagging;
using Microsoft.Extensions.Options;
using NetVips;

namespace Marketing.Benchmarks;

/// <summary>One picture of many photographs with what the library makes of them: tags, measures, focal point, faces and the cut of every channel.</summary>
internal static class ContactSheet
{
    private const int Row = 260;
    private static readonly string[] Cuts = ["instagram_square", "instagram_portrait", "instagram_story", "pinterest", "facebook_link"];
    private static readonly double[] Mark = [255, 0, 90];

    public static async Task RunAsync(string modelFolder, string output, IReadOnlyList<string> photographs)
    {
        using var tagger = new OnnxTagger(modelFolder);
        using var faces = new FindFaces(Options.Create(new LibraryOptions { ModelFolder = modelFolder }));
        var rows = new List<Image>();
        foreach (var file in photographs)
        {
            using var photograph = Photograph.Decode(file, FileSignature.Jpeg, new LibraryOptions());
            var seen = await new SeeImage(tagger, faces, Microsoft.Extensions.Logging.Abstractions.NullLogger<SeeImage>.Instance).RunAsync(photograph, CancellationToken.None);
            var measures = MeasureImage.Run(photograph.Small);
            var text = $"{Path.GetFileName(file)}\n{string.Join(", ", seen.Tags.Tags.Select(tag => $"{tag.Tag} {tag.Confidence:f2}"))}\nfocus {seen.Focus.X:f2} {seen.Focus.Y:f2}, {seen.Faces?.Count} faces, sharpness {measures.Sharpness:f0}, exposure {measures.Exposure:f2}";
            Console.WriteLine(text.Replace('\n', ' '));
            using var words = Image.Text(System.Security.SecurityElement.Escape(text)!, width: 380, font: "sans 12");
            rows.Add(Join([Marked(photograph.Image, seen), .. Cuts.Select(name => RenderPreset.Run(photograph.Image, Preset.Find(name)!, seen.Focus)), (words * -1 + 255).Cast(Enums.BandFormat.Uchar).Colourspace(Enums.Interpretation.Srgb)]));
        }
        var widest = rows.Max(row => row.Width);
        using var sheet = Image.Arrayjoin([.. rows.Select(row => row.Gravity(Enums.CompassDirection.West, widest, row.Height, extend: Enums.Extend.White))], across: 1, shim: 6);
        sheet.WriteToFile(output);
    }

    private static Image Marked(Image image, SeenImage seen)
    {
        var (x, y) = ((int)(seen.Focus.X * image.Width), (int)(seen.Focus.Y * image.Height));
        var radius = image.Height / 25;
        return image.Mutate(mutable =>
        {
            for (var ring = 0; ring < Math.Max(3, image.Height / 150); ring++) mutable.DrawCircle(Mark, x, y, radius + ring);
            foreach (var face in seen.Faces ?? []) mutable.DrawRect([0, 255, 0], (int)(face.X * image.Width), (int)(face.Y * image.Height), (int)(face.Width * image.Width), (int)(face.Height * image.Height));
        });
    }

    private static Image Join(IEnumerable<Image> images)
    {
        var parts = images.Select(image => image.Height > Row || image.Width > Row * 2 ? image.ThumbnailImage(Row * 2, height: Row) : image)
            .Select(image => image.Gravity(Enums.CompassDirection.Centre, image.Width + 6, Row, extend: Enums.Extend.White)).ToArray();
        return parts.Aggregate((left, right) => left.Join(right, Enums.Direction.Horizontal));
    }
}
