using System.Globalization;
using System.Text.Json;

namespace Marketing.Resources.Writing;

/// <summary>Writes values of columns as JSON.</summary>
internal static class WriteValue
{
    /// <summary>Writes one value.</summary>
    public static void Run(Utf8JsonWriter json, Column column, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text when column.Type.Name == "jsonb": json.WriteRawValue(text); break;
            case string text: json.WriteStringValue(text); break;
            case bool boolean: json.WriteBooleanValue(boolean); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case decimal number: json.WriteNumberValue(number); break;
            case Guid id: json.WriteStringValue(id); break;
            case DateTimeOffset instant: json.WriteStringValue(instant); break;
            case string[] list:
                json.WriteStartArray();
                foreach (var item in list) json.WriteStringValue(item);
                json.WriteEndArray();
                break;
            case IFormattable other: json.WriteStringValue(other.ToString(column.Type.Name == "date" ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture)); break;
            default: throw new NotSupportedException($"{value.GetType()} has no form in JSON.");
        }
    }
}
