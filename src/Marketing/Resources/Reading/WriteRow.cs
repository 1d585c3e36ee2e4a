using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Reading;

/// <summary>Writes rows of a result as JSON objects, straight from the bytes that PostgreSQL sent.</summary>
internal static class WriteRow
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (byte)code), (byte)'"', (byte)'\\']);

    /// <summary>Appends the reader's row.</summary>
    public static void Run(NpgsqlDataReader reader, RowShape shape, PooledBuffer output)
    {
        if (shape.IsWhole)
        {
            output.Append(reader, 0);
            return;
        }
        output.Append('{');
        for (var i = 0; i < shape.Fields.Count; i++)
        {
            if (i > 0) output.Append(',');
            output.Write(shape.Fields[i].Prefix);
            Value(reader, i, shape.Fields[i].Form, output);
        }
        output.Append('}');
    }

    /// <summary>The values of the row's order, as PostgreSQL reads them back; null for null.</summary>
    public static string?[] OrderValues(NpgsqlDataReader reader, RowShape shape)
    {
        using var json = new PooledBuffer(1024);
        var values = new string?[shape.Order.Count];
        for (var i = 0; i < values.Length; i++)
        {
            json.Clear();
            Value(reader, shape.Order[i], shape[shape.Order[i]].Form, json);
            var value = new Utf8JsonReader(json.Written.Span);
            value.Read();
            values[i] = value.TokenType switch
            {
                JsonTokenType.Null => null,
                JsonTokenType.String => value.GetString(),
                _ => System.Text.Encoding.UTF8.GetString(value.ValueSpan),
            };
        }
        return values;
    }

    private static void Value(NpgsqlDataReader reader, int ordinal, JsonForm form, PooledBuffer output)
    {
        if (reader.IsDBNull(ordinal))
        {
            output.Write("null"u8);
            return;
        }
        switch (form)
        {
            case JsonForm.Json: output.Append(reader, ordinal); break;
            case JsonForm.Text: Text(reader, ordinal, output); break;
            case JsonForm.Uuid: Uuid(reader.GetFieldValue<Guid>(ordinal), output); break;
            case JsonForm.Boolean: output.Write(reader.GetBoolean(ordinal) ? "true"u8 : "false"u8); break;
            case JsonForm.Integer: Number(reader.GetInt32(ordinal), output); break;
            case JsonForm.Bigint: Number(reader.GetInt64(ordinal), output); break;
            case JsonForm.Instant: WriteTime.Instant(reader.GetFieldValue<long>(ordinal), output); break;
            case JsonForm.Date: WriteTime.Date(reader.GetFieldValue<int>(ordinal), output); break;
            case JsonForm.Time: WriteTime.TimeOfDay(reader.GetFieldValue<long>(ordinal), output); break;
        }
    }

    private static void Text(NpgsqlDataReader reader, int ordinal, PooledBuffer output)
    {
        output.Append('"');
        var start = output.Length;
        output.Append(reader, ordinal);
        if (output.Written.Span[start..].IndexOfAny(Escaped) >= 0) Escape(output, start);
        output.Append('"');
    }

    // Rarely needed, so the text is taken out again and put back with what JSON demands (RFC 8259 §7).
    private static void Escape(PooledBuffer output, int start)
    {
        var text = output.Written.Span[start..];
        var copy = ArrayPool<byte>.Shared.Rent(text.Length);
        text.CopyTo(copy);
        ReadOnlySpan<byte> rest = copy.AsSpan(0, text.Length);
        output.Cut(start);
        for (var next = rest.IndexOfAny(Escaped); next >= 0; next = rest.IndexOfAny(Escaped))
        {
            output.Write(rest[..next]);
            output.Append('\\');
            switch (rest[next])
            {
                case (byte)'"': output.Append('"'); break;
                case (byte)'\\': output.Append('\\'); break;
                case (byte)'\n': output.Append('n'); break;
                case (byte)'\r': output.Append('r'); break;
                case (byte)'\t': output.Append('t'); break;
                case (byte)'\b': output.Append('b'); break;
                case (byte)'\f': output.Append('f'); break;
                case var code:
                    output.Write("u00"u8);
                    output.Append((char)('0' + (code >> 4)));
                    output.Append("0123456789abcdef"[code & 15]);
                    break;
            }
            rest = rest[(next + 1)..];
        }
        output.Write(rest);
        ArrayPool<byte>.Shared.Return(copy);
    }

    private static void Uuid(Guid value, PooledBuffer output)
    {
        var span = output.GetSpan(38);
        span[0] = span[37] = (byte)'"';
        Utf8Formatter.TryFormat(value, span[1..], out _);
        output.Advance(38);
    }

    private static void Number(long value, PooledBuffer output)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
        output.Advance(written);
    }
}
