using Microsoft.ML.OnnxRuntime;
using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>
/// Tags pictures with a classifier of 1,001 ImageNet classes on this machine's processor: no service, no key, no cost. The model is read at
/// the first picture.
/// </summary>
internal sealed class OnnxTagger(string modelFolder) : IMediaTagger, IDisposable
{
    // The edge that the network was trained with.
    private const int TrainedEdge = 299;

    // Longer pictures are squeezed to this: of a panorama's height too few pixels would be left.
    private const double MostElongated = 2;
    private const int FocusClasses = 5;

    private readonly Lazy<(InferenceSession Session, string[] Labels)> model = new(() => Load(modelFolder));

    /// <inheritdoc />
    public string Name => "onnx";

    /// <inheritdoc />
    public string Model => "inception_v3";

    /// <inheritdoc />
    public int EdgePx => TrainedEdge;

    /// <inheritdoc />
    public Task<AssetTags> TagAsync(Image image, CancellationToken cancellationToken) => Task.FromResult(Tag(image));

    private AssetTags Tag(Image image)
    {
        var (session, labels) = model.Value;
        // One view of the whole picture in its own proportions: the network takes any, and so sees the borders as they are.
        var (width, height) = View(image.Width, image.Height);
        using var resized = image.ThumbnailImage(width, height: height, size: Enums.Size.Force);
        var pixels = resized.WriteToMemory<byte>();

        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, height, width, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["image"], [input], ["probabilities", "activation", "embedding"]);
        var certainty = outputs[0].GetTensorDataAsSpan<float>();
        var byLabel = new Dictionary<string, float>(labels.Length, StringComparer.Ordinal);
        for (var c = 0; c < certainty.Length; c++) byLabel[labels[c]] = byLabel.GetValueOrDefault(labels[c]) + certainty[c];
        var tags = HospitalityTags.From(label => byLabel.GetValueOrDefault(label), CyanShare(pixels));
        return new AssetTags(tags, Focus(certainty, outputs[1].GetTensorDataAsSpan<float>(), (int)outputs[1].GetTensorTypeAndShape().Shape[3]))
        {
            Embedding = outputs[2].GetTensorDataAsSpan<float>().ToArray(),
        };
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        if (model.IsValueCreated) model.Value.Session.Dispose();
    }

    private static (InferenceSession, string[]) Load(string folder)
    {
        // Without its arena ONNX Runtime gives memory back after each picture. One thread, since several pictures are worked on at once.
        using var options = new SessionOptions { IntraOpNumThreads = 1, EnableCpuMemArena = false, EnableMemoryPattern = false, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        var labels = File.ReadAllLines(Path.Combine(folder, "labels.txt")).Where(line => line.Length > 0).ToArray();
        return (new InferenceSession(Path.Combine(folder, "inception_v3.onnx"), options), labels);
    }

    private static (int Width, int Height) View(int width, int height)
    {
        var shape = Math.Clamp((double)width / height, 1 / MostElongated, MostElongated);
        return shape >= 1 ? (TrainedEdge, (int)Math.Round(TrainedEdge / shape)) : ((int)Math.Round(TrainedEdge * shape), TrainedEdge);
    }

    // Centre of where the likeliest classes were seen, weighted by how likely they are; weak activation is background.
    private static (double X, double Y)? Focus(ReadOnlySpan<float> certainty, ReadOnlySpan<float> activation, int columns)
    {
        var map = new double[activation.Length / certainty.Length];
        var likeliest = certainty.ToArray();
        var classes = Enumerable.Range(0, likeliest.Length).ToArray();
        Array.Sort(likeliest, classes);
        foreach (var index in classes.AsSpan()[^FocusClasses..])
            for (var cell = 0; cell < map.Length; cell++) map[cell] += certainty[index] * activation[index * map.Length + cell];

        var (threshold, weight, x, y, rows) = (map.Max() / 2, 0.0, 0.0, 0.0, map.Length / columns);
        for (var cell = 0; cell < map.Length; cell++)
        {
            var strength = Math.Max(0, map[cell] - threshold);
            weight += strength;
            x += strength * (cell % columns + 0.5) / columns;
            y += strength * (cell / columns + 0.5) / rows;
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
