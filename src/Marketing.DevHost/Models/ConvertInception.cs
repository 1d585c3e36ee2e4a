namespace Marketing.DevHost.Models;

/// <summary>
/// Rewrites a quantised Inception v3 classifier from TensorFlow Lite to ONNX, which ONNX Runtime reads. Integer arithmetic stays
/// integer arithmetic. Input <c>image</c>: n×height×width×3 RGB bytes, from 75 pixels a side; the network was trained with 299. Outputs:
/// <c>probabilities</c> n×1001, <c>embedding</c> n×2048 (for similar pictures), <c>activation</c> n×1001×rows×columns (where in the picture a
/// class was seen; 8×8 of 299×299).
/// </summary>
internal sealed class ConvertInception
{
    private const int Classes = 1001;
    private const int Features = 2048;

    // Range of the activation map: real values from -13 to 50, wide enough for every class and fine enough for a centroid.
    private const float ActivationScale = 0.25f;
    private const byte ActivationZeroPoint = 53;

    private readonly TfLiteGraph source;
    private readonly OnnxGraph graph = new("inception_v3");
    private readonly Dictionary<int, string> values = [];
    private readonly HashSet<string> borders = [];

    private ConvertInception(TfLiteGraph source) => this.source = source;

    /// <exception cref="InvalidDataException">Not a TensorFlow Lite model, or one that is no quantised Inception v3.</exception>
    public static byte[] Run(byte[] tfLite, string sourceName) => new ConvertInception(TfLiteGraph.Read(tfLite)).Convert(sourceName);

    private byte[] Convert(string sourceName)
    {
        graph.Input("image", OnnxType.UInt8, "height", "width", source.Tensors[source.Input].Shape[3]);
        // TensorFlow keeps channels last, ONNX convolutions want them second.
        values[source.Input] = graph.Node("Transpose", ["image"], "channels_first", attributes: ("perm", new long[] { 0, 3, 1, 2 }));

        foreach (var op in source.Operators)
        {
            values[op.Output] = op.Operation switch
            {
                TfLiteOperation.Convolution => Convolution(op),
                TfLiteOperation.MaxPool => graph.Node("MaxPool", [values[op.Inputs[0]]], Name(op.Output), attributes: Window(op)),
                TfLiteOperation.AveragePool when IsGlobal(op) => graph.Node(
                    "QLinearGlobalAveragePool", [.. Quantised(op.Inputs[0]), Scale(op.Output), Zero(op.Output)], Name(op.Output), OnnxGraph.RuntimeDomain),
                TfLiteOperation.AveragePool => AverageOfNeighbours(op),
                TfLiteOperation.Concatenation => graph.Node(
                    "QLinearConcat", [Scale(op.Output), Zero(op.Output), .. op.Inputs.SelectMany(Quantised)], Name(op.Output),
                    OnnxGraph.RuntimeDomain, ("axis", 1L)),
                TfLiteOperation.Reshape => values[op.Inputs[0]], // only drops dimensions of 1 before the result, which is reshaped below
                var other => throw new InvalidDataException($"The model has an operator that Inception v3 does not have: {(int)other}."),
            };
        }

        WriteOutputs();
        return graph.ToBytes(sourceName);
    }

    private string Convolution(TfLiteOperator op)
    {
        var options = op.Options ?? throw new InvalidDataException("A convolution has no options.");
        var (weights, bias) = (op.Inputs[1], op.Inputs[2]);
        var (data, shape) = SignedChannelsFirst(source.Tensors[weights]);
        graph.Constant(Weights(weights), OnnxType.Int8, shape, data);
        graph.Constant(WeightsZero(weights), OnnxType.Int8, [], [(byte)(source.Tensors[weights].ZeroPoint - 128)]);
        graph.Constant($"bias_{bias}", OnnxType.Int32, [shape[0]], source.Tensors[bias].Data);
        return graph.Node(
            "QLinearConv",
            [.. Quantised(op.Inputs[0]), Weights(weights), Scale(weights), WeightsZero(weights), Scale(op.Output), Zero(op.Output), $"bias_{bias}"],
            Name(op.Output),
            attributes:
            [
                ("strides", new long[] { options.Int(2, 1), options.Int(1, 1) }),
                ("kernel_shape", new[] { shape[2], shape[3] }),
                ("auto_pad", Padding(options)),
            ]);
    }

    // Averages of 3×3 as a convolution of each channel with ninths, since ONNX Runtime's pooling of bytes takes five times as long. The
    // convolution counts the padding as zeros, which the average leaves out: the border is multiplied by 9/6 and the corners by 9/4.
    private string AverageOfNeighbours(TfLiteOperator op)
    {
        var (from, to, channels) = (op.Inputs[0], op.Output, source.Tensors[op.Output].Shape[3]);
        if (source.Tensors[from].ZeroPoint != 0 || Window(op) is not [("strides", long[] and [1, 1]), ("kernel_shape", long[] and [3, 3]), ("auto_pad", "SAME_UPPER")])
            throw new InvalidDataException("A pooling is none of Inception v3's.");
        var ones = graph.Constant($"ones_{channels}", OnnxType.Int8, [channels, 1, 3, 3], Enumerable.Repeat((byte)1, channels * 9).ToArray());
        var padded = graph.Node(
            "QLinearConv",
            [.. Quantised(from), ones, graph.Scalar("ninth", 1f / 9), graph.Constant("zero_signed", OnnxType.Int8, [], [0]), Scale(to), Zero(to)],
            $"padded_{to}",
            attributes: [("kernel_shape", new long[] { 3, 3 }), ("auto_pad", "SAME_UPPER"), ("group", (long)channels)]);
        return graph.Node(
            "QLinearMul", [padded, Scale(to), Zero(to), BorderFactors(from), graph.Scalar("quarter", 0.25f), graph.Scalar("zero_byte", (byte)0), Scale(to), Zero(to)],
            Name(to), OnnxGraph.RuntimeDomain);
    }

    // 1 inside, 9/6 along the border, 9/4 in the corners, in quarters, for the grid of a tensor; grids of one size share it.
    private string BorderFactors(int tensor)
    {
        var grid = $"grid_{source.Tensors[tensor].Shape[1]}";
        var factors = $"{grid}_factors";
        if (!borders.Add(grid)) return factors;
        graph.Node("Shape", [values[tensor]], $"{grid}_size", attributes: ("start", 2L));
        graph.Node("Concat", [graph.Constant("one_one", OnnxType.Int64, [2], ProtobufMessage.LittleEndian([1L, 1L])), $"{grid}_size"], $"{grid}_shape", attributes: ("axis", 0L));
        graph.Node("Expand", [graph.Constant("float_one", OnnxType.Float, [1, 1, 1, 1], ProtobufMessage.LittleEndian([1f])), $"{grid}_shape"], $"{grid}_ones");
        graph.Node("AveragePool", [$"{grid}_ones"], $"{grid}_shares", attributes: [("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("count_include_pad", 1L)]);
        graph.Node("Reciprocal", [$"{grid}_shares"], $"{grid}_reciprocals");
        return graph.Node("QuantizeLinear", [$"{grid}_reciprocals", graph.Scalar("quarter", 0.25f), graph.Scalar("zero_byte", (byte)0)], factors);
    }

    private bool IsGlobal(TfLiteOperator op) => source.Tensors[op.Output].Shape is [1, 1, 1, Features];

    // Output × height × width × input → output × input × height × width. Bytes become signed (minus 128, as does the zero point):
    // unsigned activations with signed weights is the fast path of ONNX Runtime on x64.
    private static (byte[] Data, long[] Shape) SignedChannelsFirst(TfLiteTensor weights)
    {
        var (output, height, width, input) = (weights.Shape[0], weights.Shape[1], weights.Shape[2], weights.Shape[3]);
        var data = new byte[weights.Data.Length];
        var from = 0;
        for (var o = 0; o < output; o++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                    for (var i = 0; i < input; i++)
                        data[((o * input + i) * height + y) * width + x] = (byte)(weights.Data[from++] - 128);
        return (data, [output, input, height, width]);
    }

    private void WriteOutputs()
    {
        var pool = source.Operators.LastOrDefault(op => op.Operation == TfLiteOperation.AveragePool && IsGlobal(op))
            ?? throw new InvalidDataException($"The model has no pooling to {Features} features, so it is not Inception v3.");
        var classifier = source.Operators.Last(op => op.Operation == TfLiteOperation.Convolution);
        var perRow = graph.Constant("per_row", OnnxType.Int64, [2], ProtobufMessage.LittleEndian([0L, -1L]));

        graph.Node("DequantizeLinear", Quantised(source.Output), "logits_4d");
        graph.Node("Reshape", ["logits_4d", perRow], "logits");
        graph.Node("Softmax", ["logits"], "probabilities", attributes: ("axis", 1L));
        graph.Output("probabilities", OnnxType.Float, Classes);

        graph.Node("DequantizeLinear", Quantised(pool.Output), "embedding_4d");
        graph.Node("Reshape", ["embedding_4d", perRow], "embedding");
        graph.Output("embedding", OnnxType.Float, Features);

        // The classifier applied before the pooling instead of after it says where each class was seen (class activation map).
        // Its bias belongs to the pooled scale and is the same everywhere, so it is left out.
        var weights = classifier.Inputs[1];
        graph.Node(
            "QLinearConv",
            [.. Quantised(pool.Inputs[0]), Weights(weights), Scale(weights), WeightsZero(weights),
                graph.Scalar("activation_scale", ActivationScale), graph.Scalar("activation_zero", ActivationZeroPoint)],
            "activation_bytes", attributes: ("kernel_shape", new long[] { 1, 1 }));
        graph.Node("DequantizeLinear", ["activation_bytes", "activation_scale", "activation_zero"], "activation");
        graph.Output("activation", OnnxType.Float, Classes, "rows", "columns");
    }

    private static (string, object)[] Window(TfLiteOperator op)
    {
        var options = op.Options ?? throw new InvalidDataException("A pooling has no options.");
        return
        [
            ("strides", new long[] { options.Int(2, 1), options.Int(1, 1) }),
            ("kernel_shape", new long[] { options.Int(4), options.Int(3) }),
            ("auto_pad", Padding(options)),
        ];
    }

    private static string Padding(FlatBufferTable options) => options.Byte(0) == 0 ? "SAME_UPPER" : "VALID";

    private static string Name(int tensor) => $"tensor_{tensor}";

    private static string Weights(int tensor) => $"weights_{tensor}";

    private static string WeightsZero(int tensor) => $"weights_zero_{tensor}";

    private string[] Quantised(int tensor) => [values[tensor], Scale(tensor), Zero(tensor)];

    private string Scale(int tensor) => graph.Scalar($"scale_{tensor}", source.Tensors[tensor].Scale);

    private string Zero(int tensor) => graph.Scalar($"zero_{tensor}", (byte)source.Tensors[tensor].ZeroPoint);
}
