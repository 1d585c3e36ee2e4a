using System.Globalization;
using System.Text;
using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments.Members;

/// <summary>Writes a segment's members as CSV with their addresses, any number in constant memory.</summary>
internal sealed class ExportMembers(NpgsqlDataSource database, IOptions<ExternalTables> external)
{
    private const int MaxSeconds = 300;

    /// <summary>Writes them.</summary>
    public async Task RunAsync(Guid segmentId, Stream output, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"""
            select m.contact_id, c.{tables.ContactEmail}, m.added_at, m.added_by
            from   marketing.segment_members m left join {tables.Contacts} c on c.{tables.ContactId} = m.contact_id
            where  m.segment_id = $1 and m.removed_at is null order by m.contact_id
            """, connection)
        { CommandTimeout = MaxSeconds, Parameters = { new() { Value = segmentId } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        await writer.WriteLineAsync("contact_id,email,added_at,added_by".AsMemory(), cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string Text(int column) => reader.IsDBNull(column) ? "" : Field(reader.GetString(column));
            var addedAt = reader.IsDBNull(2) ? "" : reader.GetDateTime(2).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
            await writer.WriteLineAsync($"{reader.GetGuid(0)},{Text(1)},{addedAt},{Text(3)}".AsMemory(), cancellationToken);
        }
    }

    private static string Field(string text)
    {
        text = FormulaGuard.Add(text);
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
