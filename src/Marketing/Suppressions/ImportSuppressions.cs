using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using CsvHelper;
using CsvHelper.Configuration;
using Marketing.Identity;
using Marketing.Problems;
using Npgsql;

namespace Marketing.Suppressions;

/// <summary>What an import did.</summary>
/// <param name="Lines">Lines read, without the head.</param>
/// <param name="Stored">Entries that are in the ledger now; the same address twice counts twice.</param>
/// <param name="Refused">Lines refused.</param>
/// <param name="Errors">The first of them, with their line.</param>
internal sealed record ImportOutcome(int Lines, int Stored, int Refused, IReadOnlyList<ImportError> Errors);

/// <summary>Why a line was refused.</summary>
/// <param name="Line">Line of the file, from 1 for the head.</param>
/// <param name="Field">Column.</param>
/// <param name="Message">What to write instead.</param>
internal sealed record ImportError(int Line, string Field, string Message);

[JsonSerializable(typeof(ImportOutcome))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ImportJson : JsonSerializerContext;

/// <summary>
/// Adds addresses of a CSV file to the ledger: columns <c>email</c>, and if wanted <c>reason</c>, <c>scope</c>, <c>scope_value</c>. The file streams through; batches
/// commit one by one, and since an entry is stored once, a broken import is simply sent again. It only adds: nobody is lifted by an import.
/// </summary>
internal sealed class ImportSuppressions(NpgsqlDataSource database)
{
    private const int BatchSize = 5_000;
    private const int MaxLines = 2_000_000;
    private const int MaxErrors = 100;
    private static readonly string[] Columns = ["email", "reason", "scope", "scope_value"];

    /// <summary>Imports.</summary>
    /// <exception cref="ProblemException">400: no head with <c>email</c>, or more than two million lines; batches before that are stored.</exception>
    public async Task<ImportOutcome> RunAsync(Stream csv, Caller caller, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(csv, new UTF8Encoding(false, throwOnInvalidBytes: false), detectEncodingFromByteOrderMarks: true);
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null, MaxFieldSize = 10_000, DetectDelimiter = false });
        var head = await parser.ReadAsync() ? parser.Record!.Select(name => name.Trim().ToLowerInvariant()).ToArray() : [];
        if (!head.Contains("email") || head.FirstOrDefault(name => !Columns.Contains(name)) is not null)
            throw new ProblemException(Problem.BadRequest("invalid_head", $"The first line names the columns: email, and if wanted {string.Join(", ", Columns[1..])}, separated by commas."));
        var (lines, stored, refused) = (0, 0, 0);
        var errors = new List<ImportError>();
        var batch = new List<Suppression>(BatchSize);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        while (await ReadAsync(parser))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++lines > MaxLines) throw new ProblemException(Problem.BadRequest("too_many_lines", $"A file has at most {MaxLines} lines; those before are stored. Send the rest as another file."));
            var record = parser.Record!;
            string Value(string column, string otherwise) => Array.IndexOf(head, column) is >= 0 and var at && at < record.Length && record[at].Trim() is { Length: > 0 } text ? text : otherwise;
            var line = new Suppression(Value("email", ""), null, Value("reason", "manual"), SuppressionEndpoints.Source(caller)) { Scope = Value("scope", "all"), ScopeValue = Value("scope_value", "") };
            var problem = line.Email.Length == 0 ? new FieldError("email", "required", "The line has no address.") : SuppressionEndpoints.Problems(line.Email, line.Scope, line.ScopeValue, line.Reason).FirstOrDefault();
            if (problem is null) batch.Add(line);
            else if (++refused <= MaxErrors) errors.Add(new ImportError(parser.RawRow, problem.Field, problem.Message));
            if (batch.Count == BatchSize) stored += await StoreAsync(connection, batch, cancellationToken);
        }
        stored += await StoreAsync(connection, batch, cancellationToken);
        return new ImportOutcome(lines, stored, refused, errors);
    }

    private static async Task<bool> ReadAsync(CsvParser parser)
    {
        try
        {
            return await parser.ReadAsync();
        }
        catch (MaxFieldSizeException)
        {
            throw new ProblemException(Problem.BadRequest("malformed_csv", $"Line {parser.RawRow} has a field of more than 10000 characters; a quotation mark may be missing before it."));
        }
    }

    private static async Task<int> StoreAsync(NpgsqlConnection connection, List<Suppression> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return 0;
        await SuppressContact.RunAsync(connection, batch, cancellationToken);
        var count = batch.Count;
        batch.Clear();
        return count;
    }
}
