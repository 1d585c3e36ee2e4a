namespace Marketing.DevHost.Models;

/// <summary>
/// Rewrites a quantised Inception v3 classifier from TensorFlow Lite to ONNX, which ONNX Runtime reads. Integer arithmetic stays
/// integer arithmetic. Input <c>image</c>: n×299×299×3 RGB bytes. Outputs: <c>probabilities</c> n×1001, <c>embedding</c> n×2048
/// (for similar pictures), <c>activation</c> n×1001×8×8 (where in the picture a class was seen).
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

    private ConvertInception(TfLiteGraph source) => this.source = source;

    /// <exception cref="InvalidDataException">Not a TensorFlow Lite model, or one that is no quantised Inception v3.</exception>
    public static byte[] Run(byte[] tfLite, string sourceName) => new ConvertInception(TfLiteGraph.Read(tfLite)).Convert(sourceName);

    private byte[] Convert(string sourceName)
    {
        var shape = source.Tensors[source.Input].Shape;
        graph.Input("image", OnnxType.UInt8, shape[1], shape[2], shape[3]);
        // TensorFlow keeps channels last, ONNX convolutions want them second.
        values[source.Input] = graph.Node("Transpose", ["image"], "channels_first", attributes: ("perm", new long[] { 0, 3, 1, 2 }));

        foreach (var op in source.Operators)
        {
            values[op.Output] = op.Operation switch
            {
                TfLiteOperation.Convolution => Convolution(op),
                TfLiteOperation.MaxPool => graph.Node("MaxPool", [values[op.Inputs[0]]], Name(op.Output), attributes: Window(op)),
                TfLiteOperation.AveragePool => graph.Node(
                    "QLinearAveragePool", [.. Quantised(op.Inputs[0]), Scale(op.Output), Zero(op.Output)], Name(op.Output),
                    OnnxGraph.RuntimeDomain, [.. Window(op), ("count_include_pad", 0L)]),
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
        var pool = source.Operators.LastOrDefault(op => op.Operation == TfLiteOperation.AveragePool && source.Tensors[op.Output].Shape is [1, 1, 1, Features])
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
        var grid = source.Tensors[pool.Inputs[0]].Shape;
        graph.Output("activation", OnnxType.Float, Classes, grid[1], grid[2]);
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
