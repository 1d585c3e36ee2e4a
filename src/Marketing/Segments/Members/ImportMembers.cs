using System.Text;
using System.Text.Json;
using Marketing.Identity;
using Marketing.Problems;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Segments.Members;

/// <summary>
/// Makes the contacts of a CSV file members of a static segment. The file streams into a temporary table; one statement finds the contacts and
/// stores the members; all of it is one transaction, so an import that is killed has done nothing. Lines that cannot be used are told with
/// their numbers and left out, or, where the caller asks for it, refuse the whole file.
/// </summary>
internal sealed class ImportMembers(NpgsqlDataSource database, StoreMembers store)
{
    /// <summary>Most lines of one file.</summary>
    public const int MaxRows = 1_000_000;

    private const int MaxFieldLength = 320;
    private const int MaxSeconds = 210;

    /// <summary>Imports.</summary>
    /// <param name="segmentId">The segment.</param>
    /// <param name="request">The request with the file.</param>
    /// <param name="refusesErrors">One unusable line refuses the file.</param>
    /// <param name="caller">Who imports.</param>
    /// <param name="cancellationToken">Stops the import; nothing is stored then.</param>
    /// <exception cref="ProblemException">413, 415 or 422: the file cannot be read; 422: lines cannot be used and the caller wants all or nothing.</exception>
    public async Task<ImportReport> RunAsync(Guid segmentId, HttpRequest request, bool refusesErrors, Caller caller, CancellationToken cancellationToken)
    {
        // A file that drips in must not hold a connection for ever.
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(TimeSpan.FromSeconds(MaxSeconds));
        try
        {
            using var text = await DecodeText.OpenAsync(request, limited.Token);
            return await RunAsync(segmentId, new ReadCsv(text), refusesErrors, caller, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(new Problem(408, "too_slow", $"The import took longer than {MaxSeconds} seconds; nothing was stored. Send the file in parts."));
        }
    }

    private async Task<ImportReport> RunAsync(Guid segmentId, ReadCsv csv, bool refusesErrors, Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "set local work_mem = '64MB'; set local jit = off; create temporary table incoming_members (line int not null, contact_id uuid, email text) on commit drop", cancellationToken);
        var report = new ImportReport();
        try
        {
            await CopyAsync(connection, csv, report, cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            throw new ProblemException(Problem.Unprocessable("wrong_encoding", $"The file is not in the encoding that was stated or, without one, UTF-8; the bytes behind line {csv.Line} are no text. Save it as CSV (UTF-8), or say content-type: text/csv; charset=windows-1252."));
        }
        await ExecuteAsync(connection, "analyze incoming_members", cancellationToken);
        await StoreMembers.HoldAsync(connection, segmentId, cancellationToken);
        var stored = await store.AddAsync(connection, segmentId, "import", "incoming_members", [], cancellationToken);
        foreach (var line in stored.UnknownLines) report.Refuse(line, "unknown_contact", "There is no contact with this id or email address.");
        report.Finish(stored);
        if (refusesErrors && report.ErrorsTotal > 0)
            throw new ProblemException(Problem.Unprocessable("lines_refused", $"{report.ErrorsTotal} lines cannot be used; nothing was stored.", [.. report.Errors.Select(error => new FieldError($"line {error.Line}", error.Code, error.Message))]));
        await StoreMembers.NoteAsync(connection, transaction, caller, "import_members", segmentId, JsonSerializer.Serialize(new { rows = report.Rows, added = report.Added, errors = report.ErrorsTotal }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return report;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, ReadCsv csv, ImportReport report, CancellationToken cancellationToken)
    {
        var (contactColumn, emailColumn, columns) = await HeaderAsync(csv, cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync("copy incoming_members (line, contact_id, email) from stdin (format binary)", cancellationToken);
        copy.Timeout = TimeSpan.FromSeconds(MaxSeconds);
        while (await csv.ReadAsync(cancellationToken) is { } record)
        {
            if (++report.Rows > MaxRows) throw new ProblemException(new Problem(413, "too_many_rows", $"A file has at most {MaxRows} lines; nothing was stored. Send it in parts."));
            if (Read(record, contactColumn, emailColumn, columns, report) is not { } row) continue;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(record.Line, NpgsqlDbType.Integer, cancellationToken);
            if (row.Contact is { } contact) await copy.WriteAsync(contact, NpgsqlDbType.Uuid, cancellationToken);
            else await copy.WriteNullAsync(cancellationToken);
            if (row.Email is { } email) await copy.WriteAsync(email, NpgsqlDbType.Text, cancellationToken);
            else await copy.WriteNullAsync(cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    // Spreadsheets of half of Europe write semicolons.
    private static async Task<(int Contact, int Email, int Columns)> HeaderAsync(ReadCsv csv, CancellationToken cancellationToken)
    {
        var line = await csv.PeekLineAsync(cancellationToken);
        csv.Separator = ",;\t".MaxBy(separator => line.Count(letter => letter == separator));
        if (await csv.ReadAsync(cancellationToken) is not { Problem: null } first) throw NoHeader();
        var names = first.Fields.Select(name => name.Trim().ToLowerInvariant()).ToList();
        var (contact, email) = (names.IndexOf("contact_id"), names.FindIndex(name => name is "email" or "e-mail" or "email_address"));
        return contact < 0 && email < 0 ? throw NoHeader() : (contact, email, names.Count);
    }

    private static (Guid? Contact, string? Email)? Read(CsvRecord record, int contactColumn, int emailColumn, int columns, ImportReport report)
    {
        if (record.Problem is { } problem) return report.Refuse(record.Line, "broken_line", problem);
        if (record.Fields.Count != columns) return report.Refuse(record.Line, "broken_line", $"The line has {record.Fields.Count} fields and the first line names {columns} columns.");
        if (contactColumn >= 0 && record.Fields[contactColumn].Trim() is { Length: > 0 } id)
            return Guid.TryParse(id, out var contact) ? (contact, null) : report.Refuse(record.Line, "invalid_contact_id", "contact_id is no uuid.");
        if (emailColumn < 0 || record.Fields[emailColumn].Trim() is not { Length: > 0 } email) return report.Refuse(record.Line, "required", "The line names no contact.");
        email = FormulaGuard.Remove(email);
        return email.Length <= MaxFieldLength && email.IndexOf('@', StringComparison.Ordinal) > 0 && !email.EndsWith('@') && !email.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter))
            ? (null, email)
            : report.Refuse(record.Line, "invalid_email", "This is no email address.");
    }

    private static ProblemException NoHeader() =>
        new(Problem.Unprocessable("no_header", "The first line names the columns; one of them is contact_id or email. Separate them by commas, semicolons or tabs."));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = MaxSeconds };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
