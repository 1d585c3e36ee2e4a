using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Resources;

/// <summary>How values of a column's type are read from query text and from JSON, and sent to PostgreSQL.</summary>
/// <param name="Name">PostgreSQL name, used as the cast of parameters that arrive as text.</param>
/// <param name="Example">A good value, for error messages.</param>
/// <param name="DbType">Type of parameters.</param>
public abstract record ColumnType(string Name, string Example, NpgsqlDbType DbType)
{
    /// <summary>The types that the schema uses, by CLR type; jsonb and time are told apart by their PostgreSQL name.</summary>
    /// <exception cref="NotSupportedException">The schema does not use the type.</exception>
    public static ColumnType Of(Type type, string storeType) => (Nullable.GetUnderlyingType(type) ?? type, storeType) switch
    {
        (_, "jsonb") => new JsonType(),
        ({ } text, _) when text == typeof(string) => Text,
        ({ } uuid, _) when uuid == typeof(Guid) => new ScalarType<Guid>("uuid", "01938c1e-5a3b-7c4d-8e9f-0123456789ab", NpgsqlDbType.Uuid, TryUuid),
        ({ } boolean, _) when boolean == typeof(bool) => new ScalarType<bool>("boolean", "true", NpgsqlDbType.Boolean, TryBoolean),
        ({ } integer, _) when integer == typeof(int) => new ScalarType<int>("integer", "42", NpgsqlDbType.Integer, TryInteger),
        ({ } bigint, _) when bigint == typeof(long) => new ScalarType<long>("bigint", "42", NpgsqlDbType.Bigint, TryLong),
        ({ } numeric, _) when numeric == typeof(decimal) => new ScalarType<decimal>("numeric", "12.50", NpgsqlDbType.Numeric, TryDecimal),
        ({ } date, _) when date == typeof(DateOnly) => new ScalarType<DateOnly>("date", "2026-11-24", NpgsqlDbType.Date, TryDate),
        ({ } time, _) when time == typeof(TimeOnly) => new ScalarType<TimeOnly>("time", "09:30", NpgsqlDbType.Time, TryTime),
        ({ } instant, _) when instant == typeof(DateTimeOffset) =>
            new ScalarType<DateTimeOffset>("timestamptz", "2026-11-24T09:30:00Z", NpgsqlDbType.TimestampTz, TryInstant),
        ({ } list, _) when list == typeof(string[]) => new TextArrayType(),
        _ => throw new NotSupportedException($"The API does not know columns of type {storeType}."),
    };

    /// <summary>Text of any length.</summary>
    public static ColumnType Text { get; } = new TextType();

    /// <summary>Reads a value from the text of a query parameter.</summary>
    /// <returns>False when the text is no value of the type.</returns>
    public abstract bool TryParse(string text, out object? value);

    /// <summary>Reads a value from JSON that is not null.</summary>
    /// <returns>False when the JSON is no value of the type.</returns>
    public abstract bool TryRead(JsonElement json, out object? value);

    /// <summary>A parameter that carries a value.</summary>
    public NpgsqlParameter Parameter(object? value) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = DbType };

    /// <summary>A parameter that carries several values.</summary>
    public NpgsqlParameter ArrayParameter(IReadOnlyList<object?> values) =>
        new() { Value = ToArray(values), NpgsqlDbType = NpgsqlDbType.Array | DbType };

    /// <summary>The values as an array of their own type.</summary>
    protected abstract Array ToArray(IReadOnlyList<object?> values);

    /// <summary>PostgreSQL's text cannot hold the character U+0000, and JSON escapes may name half a character.</summary>
    private protected static bool TryText(JsonElement json, out string text)
    {
        text = "";
        if (json.ValueKind != JsonValueKind.String) return false;
        try
        {
            text = json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return false; // an escape that is no character
        }
        return IsText(text);
    }

    private protected static bool IsText(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }
        return true;
    }

    private static bool TryUuid(string text, out Guid value) => Guid.TryParseExact(text, "D", out value);

    private static bool TryBoolean(string text, out bool value)
    {
        value = text == "true";
        return text is "true" or "false";
    }

    private static bool TryInteger(string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool TryLong(string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool TryDecimal(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);

    private static bool TryDate(string text, out DateOnly value) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    private static bool TryTime(string text, out TimeOnly value) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    // The zone must be written: a time without one would mean another instant on every machine.
    private static bool TryInstant(string text, out DateTimeOffset value)
    {
        // A "+" of an offset in a query that was not escaped arrives as a blank.
        var read = DateTimeOffset.TryParseExact(
            text.Replace(' ', text.Contains('T', StringComparison.Ordinal) ? '+' : 'T'),
            ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mmzz", "yyyy-MM-dd'T'HH:mm:sszz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
        value = value.ToUniversalTime();
        return read;
    }

    private delegate bool ReadText<T>(string text, out T value);

    private sealed record ScalarType<T>(string Name, string Example, NpgsqlDbType DbType, ReadText<T> Read) : ColumnType(Name, Example, DbType)
    {
        public override bool TryParse(string text, out object? value)
        {
            var read = Read(text, out var typed);
            value = typed;
            return read;
        }

        public override bool TryRead(JsonElement json, out object? value)
        {
            value = null;
            return json.ValueKind switch
            {
                JsonValueKind.True or JsonValueKind.False when typeof(T) == typeof(bool) => TryParse(json.GetBoolean() ? "true" : "false", out value),
                JsonValueKind.Number when typeof(T) == typeof(int) || typeof(T) == typeof(long) || typeof(T) == typeof(decimal) => TryParse(json.GetRawText(), out value),
                JsonValueKind.String when typeof(T) != typeof(bool) && typeof(T) != typeof(int) && typeof(T) != typeof(long) && typeof(T) != typeof(decimal) =>
                    TryText(json, out var text) && TryParse(text, out value),
                _ => false,
            };
        }

        protected override Array ToArray(IReadOnlyList<object?> values) => values.Cast<T>().ToArray();
    }

    private sealed record TextType() : ColumnType("text", "\"some text\"", NpgsqlDbType.Text)
    {
        public override bool TryParse(string text, out object? value)
        {
            value = text;
            return IsText(text);
        }

        public override bool TryRead(JsonElement json, out object? value)
        {
            var read = TryText(json, out var text);
            value = text;
            return read;
        }

        protected override Array ToArray(IReadOnlyList<object?> values) => values.Cast<string>().ToArray();
    }

    private sealed record TextArrayType() : ColumnType("text[]", "[\"beach\",\"pool\"]", NpgsqlDbType.Array | NpgsqlDbType.Text)
    {
        public override bool TryParse(string text, out object? value)
        {
            value = null;
            if (text.Length < 2 || text[0] != '{' || text[^1] != '}' || !Querying.ListText.TrySplit(text[1..^1], out var items) || !items.All(IsText)) return false;
            value = items.ToArray();
            return true;
        }

        public override bool TryRead(JsonElement json, out object? value)
        {
            value = null;
            if (json.ValueKind != JsonValueKind.Array) return false;
            var items = new string[json.GetArrayLength()];
            var index = 0;
            foreach (var item in json.EnumerateArray())
            {
                if (!TryText(item, out items[index++])) return false;
            }
            value = items;
            return true;
        }

        protected override Array ToArray(IReadOnlyList<object?> values) => throw new NotSupportedException("PostgreSQL has no arrays of arrays of different lengths.");
    }

    private sealed record JsonType() : ColumnType("jsonb", "{\"key\":\"value\"}", NpgsqlDbType.Jsonb)
    {
        public override bool TryParse(string text, out object? value)
        {
            value = null;
            try
            {
                using var document = JsonDocument.Parse(text);
                return TryRead(document.RootElement, out value);
            }
            catch (JsonException)
            {
                return false;
            }
        }

        public override bool TryRead(JsonElement json, out object? value)
        {
            value = json.GetRawText();
            return HoldsText(json);
        }

        protected override Array ToArray(IReadOnlyList<object?> values) => values.Cast<string>().ToArray();

        private static bool HoldsText(JsonElement json) => json.ValueKind switch
        {
            JsonValueKind.String => TryText(json, out _),
            JsonValueKind.Array => json.EnumerateArray().All(HoldsText),
            JsonValueKind.Object => json.EnumerateObject().All(member => IsText(member.Name) && HoldsText(member.Value)),
            _ => true,
        };
    }
}
