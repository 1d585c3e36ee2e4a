using Microsoft.ML.OnnxRuntime;
using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>
/// Tags pictures with a classifier of 1,001 ImageNet classes on this machine's processor: no service, no key, no cost. The model is read at
/// the first picture.
/// </summary>
internal sealed class OnnxTagger(string modelFolder) : IMediaTagger, IDisposable
{
    private const int Edge = 299;
    private const int Grid = 8;
    private const int FocusClasses = 5;
    private const int Features = 2048;

    private readonly Lazy<(InferenceSession Session, string[] Labels)> model = new(() => Load(modelFolder));

    /// <inheritdoc />
    public string Name => "onnx";

    /// <inheritdoc />
    public string Model => "inception_v3";

    /// <inheritdoc />
    public Task<AssetTags> TagAsync(Image image, CancellationToken cancellationToken) => Task.FromResult(Tag(image));

    private AssetTags Tag(Image image)
    {
        var (session, labels) = model.Value;
        var classes = labels.Length;
        var stretched = Stretch(image);
        var pixels = new byte[2 * Edge * Edge * 3];
        CentreCrop(image).CopyTo(pixels, 0);
        stretched.CopyTo(pixels, pixels.Length / 2);

        // Both views in one run: the crop keeps proportions, the stretched one the borders, and their mean errs less than either.
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [2, Edge, Edge, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["image"], [input], ["probabilities", "activation", "embedding"]);
        var both = outputs[0].GetTensorDataAsSpan<float>();
        var mean = new float[classes];
        for (var c = 0; c < classes; c++) mean[c] = (both[c] + both[classes + c]) / 2;

        var byLabel = new Dictionary<string, float>(StringComparer.Ordinal);
        for (var c = 0; c < classes; c++) byLabel[labels[c]] = byLabel.GetValueOrDefault(labels[c]) + mean[c];
        var tags = HospitalityTags.From(label => byLabel.GetValueOrDefault(label), CyanShare(stretched));
        // The second view covers the whole picture, so its activation speaks of places in it.
        return new AssetTags(tags, Focus(mean, outputs[1].GetTensorDataAsSpan<float>()[(classes * Grid * Grid)..]))
        {
            Embedding = outputs[2].GetTensorDataAsSpan<float>()[Features..].ToArray(),
        };
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        if (model.IsValueCreated) model.Value.Session.Dispose();
    }

    private static (InferenceSession, string[]) Load(string folder)
    {
        // Without its arena ONNX Runtime gives memory back after each picture.
        using var options = new SessionOptions { IntraOpNumThreads = Math.Min(2, Environment.ProcessorCount), EnableCpuMemArena = false, EnableMemoryPattern = false, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        var labels = File.ReadAllLines(Path.Combine(folder, "labels.txt")).Where(line => line.Length > 0).ToArray();
        return (new InferenceSession(Path.Combine(folder, "inception_v3.onnx"), options), labels);
    }

    private static byte[] Stretch(Image image)
    {
        using var resized = image.ThumbnailImage(Edge, height: Edge, size: Enums.Size.Force);
        return resized.WriteToMemory<byte>();
    }

    private static byte[] CentreCrop(Image image)
    {
        using var cropped = image.ThumbnailImage(Edge, height: Edge, crop: Enums.Interesting.Centre);
        using var exact = cropped.Width == Edge && cropped.Height == Edge ? cropped.Copy() : cropped.ThumbnailImage(Edge, height: Edge, size: Enums.Size.Force);
        return exact.WriteToMemory<byte>();
    }

    // Centre of where the likeliest classes were seen, weighted by how likely they are; weak activation is background.
    private static (double X, double Y)? Focus(float[] certainty, ReadOnlySpan<float> activation)
    {
        var map = new double[Grid * Grid];
        foreach (var (value, index) in certainty.Select((value, index) => (value, index)).OrderByDescending(c => c.value).Take(FocusClasses))
            for (var cell = 0; cell < map.Length; cell++) map[cell] += value * activation[index * Grid * Grid + cell];

        var (threshold, weight, x, y) = (map.Max() / 2, 0.0, 0.0, 0.0);
        for (var cell = 0; cell < map.Length; cell++)
        {
            var strength = Math.Max(0, map[cell] - threshold);
            weight += strength;
            x += strength * (cell % Grid + 0.5) / Grid;
            y += strength * (cell / Grid + 0.5) / Grid;
        }
        return weight > 0 ? (x / weight, y / weight) : null;
    }

    private static float CyanShare(byte[] pixels)
    {
        var cyan = 0;
        for (var i = 0; i + 2 < pixels.Length; i += 3)
            if (pixels[i + 2] > 120 && pixels[i + 2] > pixels[i] + 40 && pixels[i + 1] > pixels[i] + 20) cyan++;
        return cyan * 3f / pixels.Length;
    }
}
