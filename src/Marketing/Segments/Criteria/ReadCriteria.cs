using System.Text.Json;
using Marketing.Data.External;
using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments.Criteria;

/// <summary>Reads criteria against what <c>ref_segment_criteria</c> offers now.</summary>
internal sealed class ReadCriteria(NpgsqlDataSource database, IOptions<ExternalTables> tables)
{
    /// <summary>Longest criteria, in characters of JSON.</summary>
    public const int MaxLength = 100_000;

    private const int MaxErrors = 20;

    /// <summary>Compiles criteria.</summary>
    /// <param name="criteria">The tree.</param>
    /// <param name="among">The only contacts to look at; null for all.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ProblemException">422: they cannot be understood; each error says where and what is allowed.</exception>
    public async Task<CompiledCriteria> RunAsync(JsonElement criteria, CancellationToken cancellationToken, Guid[]? among = null)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return Demand(new CompileCriteria(tables.Value, await FieldsAsync(connection, cancellationToken), among).Run(criteria));
    }

    /// <summary>Compiles what is stored: a segment or campaign that it names may have gone since, and counts as empty.</summary>
    /// <exception cref="ProblemException">422: they cannot be understood any more.</exception>
    public async Task<(CompiledCriteria All, Func<Guid[], CompiledCriteria> Among)> StoredAsync(NpgsqlConnection connection, JsonElement criteria, CancellationToken cancellationToken)
    {
        var fields = await FieldsAsync(connection, cancellationToken);
        return (Demand(new CompileCriteria(tables.Value, fields).Run(criteria)), among => new CompileCriteria(tables.Value, fields, among).Run(criteria));
    }

    /// <summary>What is wrong with criteria, up to 20 errors, unknown segments and campaigns among them.</summary>
    /// <param name="connection">The connection to ask on, so that rows of its transaction count.</param>
    /// <param name="criteria">The tree.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<(IReadOnlyList<FieldError> Errors, CriteriaReads Reads)> CheckAsync(NpgsqlConnection connection, JsonElement criteria, CancellationToken cancellationToken)
    {
        if (criteria.GetRawText().Length > MaxLength) return ([new("criteria", "too_long", $"Criteria have at most {MaxLength} characters. Put a part into a segment of its own.")], new CriteriaReads());
        var compiled = new CompileCriteria(tables.Value, await FieldsAsync(connection, cancellationToken)).Run(criteria);
        var errors = compiled.Errors.ToList();
        errors.AddRange((await UnknownAsync(connection, "select segment_id from marketing.segments where segment_id = any($1)", compiled.Reads.Segments, cancellationToken))
            .Select(path => new FieldError(path, "unknown_segment", "There is no such segment. Write the business id of one of GET /api/segments.")));
        errors.AddRange((await UnknownAsync(connection, "select campaign_id from marketing.campaigns where campaign_id = any($1)", compiled.Reads.Campaigns, cancellationToken))
            .Select(path => new FieldError(path, "unknown_campaign", "There is no such campaign. Write the business id of one of GET /api/campaigns.")));
        return ([.. errors.Take(MaxErrors)], compiled.Reads);
    }

    /// <summary>The fields that criteria may ask for, by their code.</summary>
    public static async Task<Dictionary<string, CriteriaField>> FieldsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, CriteriaField>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("select code, data_type, allowed_operators, source, description, value_options::text, example::text from marketing.ref_segment_criteria where is_active order by sort_order, code", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string? Optional(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            fields[reader.GetString(0)] = new(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<string[]>(2), reader.GetString(3)) { Description = Optional(4), Options = Optional(5), Example = Optional(6) };
        }
        return fields;
    }

    private static CompiledCriteria Demand(CompiledCriteria compiled) => compiled.Errors.Count == 0 ? compiled
        : throw new ProblemException(Problem.Unprocessable("criteria_invalid", "The criteria cannot be understood; errors say where and what is allowed.", [.. compiled.Errors.Take(MaxErrors)]));

    private static async Task<IEnumerable<string>> UnknownAsync(NpgsqlConnection connection, string sql, Dictionary<string, string> named, CancellationToken cancellationToken)
    {
        if (named.Count == 0) return [];
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = named.Values.Distinct().ToArray() } } };
        var known = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) known.Add(reader.GetString(0));
        return named.Where(pair => !known.Contains(pair.Value)).Select(pair => pair.Key);
    }
}
