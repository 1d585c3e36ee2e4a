namespace Marketing.DevHost.Models;

/// <summary>
/// Builds an ONNX model: nodes, constants, inputs, outputs. Field numbers are those of onnx/onnx.proto
/// (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto).
/// </summary>
internal sealed class OnnxGraph(string name)
{
    /// <summary>Operators of ONNX Runtime that the standard lacks. Source: onnxruntime/docs/ContribOperators.md.</summary>
    public const string RuntimeDomain = "com.microsoft";

    private const int IrVersion = 8;
    private const int OperatorSetVersion = 17;

    private readonly List<ProtobufMessage> nodes = [];
    private readonly List<ProtobufMessage> constants = [];
    private readonly List<ProtobufMessage> inputs = [];
    private readonly List<ProtobufMessage> outputs = [];
    private readonly HashSet<string> constantNames = [];

    /// <summary>Declares an input whose first dimension is free. Other dimensions are numbers, or names where they are free too.</summary>
    public void Input(string input, OnnxType type, params object[] dimensions) => inputs.Add(ValueInfo(input, type, dimensions));

    /// <summary>Declares an output likewise.</summary>
    public void Output(string output, OnnxType type, params object[] dimensions) => outputs.Add(ValueInfo(output, type, dimensions));

    /// <summary>A constant; one name is stored once.</summary>
    public string Constant(string constant, OnnxType type, long[] dimensions, ReadOnlySpan<byte> littleEndian)
    {
        if (!constantNames.Add(constant)) return constant;
        var tensor = new ProtobufMessage();
        foreach (var dimension in dimensions) tensor.Number(1, dimension);
        constants.Add(tensor.Number(2, (long)type).Text(8, constant).Bytes(9, littleEndian));
        return constant;
    }

    public string Scalar(string constant, float value) => Constant(constant, OnnxType.Float, [], ProtobufMessage.LittleEndian([value]));

    public string Scalar(string constant, byte value) => Constant(constant, OnnxType.UInt8, [], [value]);

    /// <summary>Adds a step and returns the name of its result.</summary>
    public string Node(string operation, string[] from, string to, string domain = "", params (string Name, object Value)[] attributes)
    {
        var node = new ProtobufMessage();
        foreach (var input in from) node.Text(1, input);
        node.Text(2, to).Text(3, $"{operation}_{nodes.Count}").Text(4, operation);
        foreach (var (attribute, value) in attributes) node.Message(5, Attribute(attribute, value));
        if (domain.Length > 0) node.Text(7, domain);
        nodes.Add(node);
        return to;
    }

    /// <summary>The model as a file's content. The same calls give the same bytes.</summary>
    public byte[] ToBytes(string source)
    {
        var graph = new ProtobufMessage();
        foreach (var node in nodes) graph.Message(1, node);
        graph.Text(2, name);
        foreach (var constant in constants) graph.Message(5, constant);
        foreach (var input in inputs) graph.Message(11, input);
        foreach (var output in outputs) graph.Message(12, output);

        return new ProtobufMessage()
            .Number(1, IrVersion)
            .Text(2, "Marketing.DevHost")
            .Message(7, graph)
            .Message(8, new ProtobufMessage().Text(1, "").Number(2, OperatorSetVersion))
            .Message(8, new ProtobufMessage().Text(1, RuntimeDomain).Number(2, 1))
            .Message(14, new ProtobufMessage().Text(1, "source").Text(2, source))
            .ToSpan().ToArray();
    }

    private static ProtobufMessage Attribute(string attribute, object value)
    {
        var message = new ProtobufMessage().Text(1, attribute);
        switch (value)
        {
            case long number: return message.Number(3, number).Number(20, 2);
            case string text: return message.Text(4, text).Number(20, 3);
            case long[] numbers:
                foreach (var number in numbers) message.Number(8, number);
                return message.Number(20, 7);
            default: throw new ArgumentException($"Attribute {attribute} has a type that is not written here: {value.GetType()}.", nameof(value));
        }
    }

    private static ProtobufMessage ValueInfo(string value, OnnxType type, object[] dimensions)
    {
        var shape = new ProtobufMessage();
        foreach (var dimension in dimensions.Prepend("n"))
            shape.Message(1, dimension is string free ? new ProtobufMessage().Text(2, free) : new ProtobufMessage().Number(1, Convert.ToInt64(dimension, System.Globalization.CultureInfo.InvariantCulture)));
        var tensor = new ProtobufMessage().Number(1, (long)type).Message(2, shape);
        return new ProtobufMessage().Text(1, value).Message(2, new ProtobufMessage().Message(1, tensor));
    }
}

/// <summary>Element types, by their numbers in TensorProto.DataType.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
}
