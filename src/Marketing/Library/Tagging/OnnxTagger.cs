using Microsoft.ML.OnnxRuntime;
using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>
/// Tags pictures with a classifier of 1,001 ImageNet classes on this machine's processor: no service, no key, no cost. The model is read at
/// the first picture.
/// </summary>
internal sealed class OnnxTagger(string modelFolder) : IMediaTagger, IDisposable
{
    // The edge that the network was trained with. Other proportions and sizes it takes too, and finds less: a kitchen lost its tags.
    private const int TrainedEdge = 299;

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
        var stretched = Stretch(image);
        var pixels = new byte[2 * stretched.Length];
        CentreCrop(image).CopyTo(pixels, 0);
        stretched.CopyTo(pixels, stretched.Length);

        // Both views in one run: the crop keeps proportions, the stretched one the borders, and their mean errs less than either.
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [2, TrainedEdge, TrainedEdge, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["image"], [input], ["probabilities", "activation", "embedding"]);
        var both = outputs[0].GetTensorDataAsSpan<float>();
        var certainty = new float[both.Length / 2];
        for (var c = 0; c < certainty.Length; c++) certainty[c] = (both[c] + both[certainty.Length + c]) / 2;

        var byLabel = new Dictionary<string, float>(labels.Length, StringComparer.Ordinal);
        for (var c = 0; c < certainty.Length; c++) byLabel[labels[c]] = byLabel.GetValueOrDefault(labels[c]) + certainty[c];
        var tags = HospitalityTags.From(label => byLabel.GetValueOrDefault(label), CyanShare(stretched));
        // The second view covers the whole picture, so its activation speaks of places in it.
        return new AssetTags(tags, Focus(certainty, Second(outputs[1]), (int)outputs[1].GetTensorTypeAndShape().Shape[3])) { Embedding = Second(outputs[2]).ToArray() };
    }

    private static ReadOnlySpan<float> Second(OrtValue ofTwo)
    {
        var both = ofTwo.GetTensorDataAsSpan<float>();
        return both[(both.Length / 2)..];
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

    private static byte[] Stretch(Image image)
    {
        using var resized = image.ThumbnailImage(TrainedEdge, height: TrainedEdge, size: Enums.Size.Force);
        return resized.WriteToMemory<byte>();
    }

    private static byte[] CentreCrop(Image image)
    {
        using var cropped = image.ThumbnailImage(TrainedEdge, height: TrainedEdge, crop: Enums.Interesting.Centre);
        using var exact = cropped.Width == TrainedEdge && cropped.Height == TrainedEdge ? cropped.Copy() : cropped.ThumbnailImage(TrainedEdge, height: TrainedEdge, size: Enums.Size.Force);
        return exact.WriteToMemory<byte>();
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
