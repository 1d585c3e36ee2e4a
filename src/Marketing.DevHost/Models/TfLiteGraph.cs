namespace Marketing.DevHost.Models;

/// <summary>
/// The first subgraph of a TensorFlow Lite model. Field numbers below are the declaration order in
/// tensorflow/lite/schema/schema.fbs (schema version 3).
/// </summary>
internal sealed record TfLiteGraph(IReadOnlyList<TfLiteTensor> Tensors, int Input, int Output, IReadOnlyList<TfLiteOperator> Operators)
{
    /// <exception cref="InvalidDataException">Not a TensorFlow Lite model.</exception>
    public static TfLiteGraph Read(byte[] file)
    {
        if (file.Length < 8 || !file.AsSpan(4, 4).SequenceEqual("TFL3"u8))
            throw new InvalidDataException("The file is not a TensorFlow Lite model: the identifier TFL3 is missing.");

        var model = FlatBufferTable.Root(file);
        // builtin_code took over from a one-byte field; files of either age are read by taking the larger.
        var codes = model.Tables(1).Select(code => Math.Max(code.Int(3), code.Byte(0))).ToArray();
        var buffers = model.Tables(4);
        var subgraph = model.Tables(2)[0];
        var tensors = subgraph.Tables(0).Select(tensor => ReadTensor(tensor, buffers)).ToArray();
        var operators = subgraph.Tables(3).Select(op => new TfLiteOperator(
            (TfLiteOperation)codes[op.Int(0)], op.Ints(1), op.Ints(2)[0], op.Table(4))).ToArray();
        return new TfLiteGraph(tensors, subgraph.Ints(1)[0], subgraph.Ints(2)[0], operators);
    }

    private static TfLiteTensor ReadTensor(FlatBufferTable tensor, FlatBufferTable[] buffers)
    {
        var quantization = tensor.Table(4);
        return new TfLiteTensor(
            tensor.Ints(0),
            quantization?.Floats(2) is [var scale, ..] ? scale : 0,
            (int)(quantization?.FirstLong(3) ?? 0),
            buffers[tensor.Int(2)].Bytes(0).ToArray());
    }
}

/// <summary>A tensor: real value = (stored − zero point) × scale. <c>Data</c> is empty unless it is a constant.</summary>
internal sealed record TfLiteTensor(int[] Shape, float Scale, int ZeroPoint, byte[] Data);

/// <summary>One step of the graph; tensors by index.</summary>
internal sealed record TfLiteOperator(TfLiteOperation Operation, int[] Inputs, int Output, FlatBufferTable? Options);

/// <summary>The built-in operators that an Inception network consists of, by their numbers in the schema.</summary>
internal enum TfLiteOperation
{
    AveragePool = 1,
    Concatenation = 2,
    Convolution = 3,
    MaxPool = 17,
    Reshape = 22,
}
