using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Marketing.Problems;
using Marketing.Resources.Access;
using Marketing.Resources.Writing;

namespace Marketing.Resources.Http;

/// <summary>Reads the rows of a body: JSON, a JSON object a line, or comma-separated values.</summary>
internal static class ReadRows
{
    /// <summary>Largest body that holds many rows, in bytes.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>Most rows of one body.</summary>
    public const int MaxRows = 10_000;

    /// <summary>Reads them.</summary>
    /// <param name="contentType">Media type of the body.</param>
    /// <param name="body">The body.</param>
    /// <param name="kind">What is to be done with each row.</param>
    /// <param name="access">What the caller may write.</param>
    /// <param name="store">The table.</param>
    /// <param name="columns">Columns that count; null for all.</param>
    /// <param name="keys">Columns that the product writes and that may stand in the rows to find them.</param>
    /// <returns>The operations, and whether the body was one JSON object.</returns>
    /// <exception cref="ProblemException">The body cannot be read.</exception>
    public static (List<RowOperation> Operations, bool IsObject) Run(string? contentType, ReadOnlyMemory<byte> body, OperationKind kind, TableAccess access, TableStore store, IReadOnlySet<string>? columns, IReadOnlyList<Column> keys)
    {
        var parse = new ParseRow(access, store, columns, keys);
        return contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            null or "" or "application/json" => Json(body, kind, parse),
            "text/csv" => (Csv(body, kind, parse), false),
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" => (Lines(body, kind, parse), false),
            _ => throw new ProblemException(Problem.UnsupportedMediaType("application/json, text/csv or application/x-ndjson")),
        };
    }

    private static (List<RowOperation>, bool) Json(ReadOnlyMemory<byte> body, OperationKind kind, ParseRow parse)
    {
        using var document = RequestJson.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object) return ([Operation(kind, parse.Json(root))], true);
        if (root.ValueKind != JsonValueKind.Array || root.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
            throw new ProblemException(Problem.BadRequest("not_rows", "Send one JSON object whose members are columns, for example {\"title\":\"…\"}, or a list of such objects.") with { ApiCode = "PGRST102" });
        Limit(root.GetArrayLength());
        return ([.. root.EnumerateArray().Select(item => Operation(kind, parse.Json(item)))], false);
    }

    private static List<RowOperation> Lines(ReadOnlyMemory<byte> body, OperationKind kind, ParseRow parse)
    {
        RequestJson.DemandUtf8(body.Span);
        var operations = new List<RowOperation>();
        foreach (var range in System.Text.Encoding.UTF8.GetString(body.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            using var document = RequestJson.ToObject(RequestJson.Parse(System.Text.Encoding.UTF8.GetBytes(range)));
            operations.Add(Operation(kind, parse.Json(document.RootElement)));
            Limit(operations.Count);
        }
        return operations;
    }

    private static List<RowOperation> Csv(ReadOnlyMemory<byte> body, OperationKind kind, ParseRow parse)
    {
        RequestJson.DemandUtf8(body.Span);
        // The byte order mark of spreadsheets is passed over by the reader.
        using var reader = new StreamReader(new MemoryStream(body.ToArray()), System.Text.Encoding.UTF8);
        using var csv = new CsvParser(reader, new CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture) { BadDataFound = null });
        if (!csv.Read() || csv.Record is not { } names) throw new ProblemException(Problem.BadRequest("not_rows", "The first line holds the names of the columns, separated by commas.") with { ApiCode = "PGRST102" });
        names = [.. names.Select(name => name.Trim())];
        var operations = new List<RowOperation>();
        while (csv.Read())
        {
            var fields = csv.Record!;
            if (fields.Length != names.Length)
                throw new ProblemException(Problem.BadRequest("not_rows", $"Line {csv.RawRow} has {fields.Length} fields and the first line names {names.Length} columns. Put fields with commas in double quotes.") with { ApiCode = "PGRST102" });
            operations.Add(Operation(kind, parse.Text(names, fields)));
            Limit(operations.Count);
        }
        return operations;
    }

    private static void Limit(int rows)
    {
        if (rows > MaxRows) throw new ProblemException(new Problem(413, "too_many_rows", $"Send at most {MaxRows} rows in one request."));
    }

    private static RowOperation Operation(OperationKind kind, (object Row, ulong Set, List<FieldError> Errors) parsed) =>
        new(kind) { Values = parsed.Row, Set = parsed.Set, Problem = parsed.Errors.Count == 0 ? null : ParseRow.Refused(parsed.Errors) };
}
