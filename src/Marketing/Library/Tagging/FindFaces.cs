using Marketing.Library.Renditions.Features;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>Counts and places faces with BlazeFace (MediaPipe, back camera, 256 pixels). It identifies nobody. Without its model it finds none.</summary>
internal sealed class FindFaces : IDisposable
{
    private const int Edge = 256;
    private const int Numbers = 16;
    private const float LeastConfidence = 0.6f;
    private const double SameFace = 0.3;

    // Two grids of anchors: cells a side, anchors a cell.
    private static readonly (int Grid, int PerCell)[] Levels = [(16, 2), (8, 6)];

    private readonly Lazy<InferenceSession>? session;

    public FindFaces(IOptions<LibraryOptions> options)
    {
        if (options.Value.ModelFolder is { Length: > 0 } folder && Path.Combine(folder, "faces.onnx") is var file && File.Exists(file)) session = new(() => Load(file));
    }

    /// <summary>The faces, the surest first; null when there is no model to look with.</summary>
    /// <param name="image">Three bands of bytes, upright, sRGB.</param>
    public IReadOnlyList<FaceBox>? Run(Image image)
    {
        if (session is null) return null;
        using var small = image.ThumbnailImage(Edge, height: Edge);
        var (width, height, pixels) = (small.Width, small.Height, small.WriteToMemory<byte>());
        var (left, top) = ((Edge - width) / 2, (Edge - height) / 2);
        var input = new float[Edge * Edge * 3];
        for (var y = 0; y < height; y++)
            for (var i = 0; i < width * 3; i++) input[((y + top) * Edge + left) * 3 + i] = pixels[y * width * 3 + i] / 127.5f - 1;

        var model = session.Value;
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [1, Edge, Edge, 3]);
        using var run = new RunOptions();
        using var outputs = model.Run(run, [model.InputNames[0]], [tensor], model.OutputNames);
        var found = new List<FaceBox>();
        foreach (var (grid, perCell) in Levels)
        {
            var anchors = grid * grid * perCell;
            // Outputs are told apart by their size: one score, or sixteen numbers, an anchor.
            var scores = outputs.Single(output => output.GetTensorTypeAndShape().ElementCount == anchors).GetTensorDataAsSpan<float>();
            var boxes = outputs.Single(output => output.GetTensorTypeAndShape().ElementCount == anchors * Numbers).GetTensorDataAsSpan<float>();
            for (var i = 0; i < anchors; i++)
            {
                var confidence = 1 / (1 + MathF.Exp(-scores[i]));
                if (confidence < LeastConfidence) continue;
                var (cell, at) = (i / perCell, i * Numbers);
                var (x, y) = ((cell % grid + 0.5) / grid + boxes[at] / Edge, (cell / grid + 0.5) / grid + boxes[at + 1] / Edge);
                found.Add(Box(x, y, boxes[at + 2] / Edge, boxes[at + 3] / Edge, confidence));
            }
        }

        var kept = new List<FaceBox>();
        foreach (var face in found.OrderByDescending(face => face.Confidence))
            if (!kept.Exists(other => Overlap(other, face) > SameFace)) kept.Add(face);
        return kept;

        FaceBox Box(double x, double y, double w, double h, double confidence)
        {
            var (x1, x2) = (Math.Clamp(((x - w / 2) * Edge - left) / width, 0, 1), Math.Clamp(((x + w / 2) * Edge - left) / width, 0, 1));
            var (y1, y2) = (Math.Clamp(((y - h / 2) * Edge - top) / height, 0, 1), Math.Clamp(((y + h / 2) * Edge - top) / height, 0, 1));
            return new FaceBox(Math.Round(x1, 4), Math.Round(y1, 4), Math.Round(x2 - x1, 4), Math.Round(y2 - y1, 4), Math.Round(confidence, 3));
        }
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        if (session?.IsValueCreated == true) session.Value.Dispose();
    }

    private static InferenceSession Load(string file)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, EnableCpuMemArena = false, EnableMemoryPattern = false, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(file, options);
    }

    private static double Overlap(FaceBox a, FaceBox b)
    {
        var (width, height) = (Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X), Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y));
        return width <= 0 || height <= 0 ? 0 : width * height / Math.Max(1e-9, Math.Min(a.Width * a.Height, b.Width * b.Height));
    }
}
