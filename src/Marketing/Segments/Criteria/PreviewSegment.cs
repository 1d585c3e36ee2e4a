using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Data.External;
using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments.Criteria;

/// <summary>What criteria would find, and why a contact is or is not among them; changes nothing.</summary>
internal sealed class PreviewSegment(NpgsqlDataSource database, ReadCriteria read, IOptions<ExternalTables> tables)
{
    /// <summary>Longest count, in seconds.</summary>
    private const int MaxSeconds = 30;

    /// <summary>Count, up to ten examples and the plan's cost, in PostgreSQL's units.</summary>
    /// <exception cref="ProblemException">422: the criteria cannot be understood, or name a segment or campaign that does not exist.</exception>
    public async Task<JsonObject> RunAsync(JsonElement criteria, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (errors, _) = await read.CheckAsync(connection, criteria, cancellationToken);
        if (errors.Count > 0) throw new ProblemException(Problem.Unprocessable("criteria_invalid", "The criteria cannot be understood; errors say where and what is allowed.", errors));
        var (compiled, _) = await read.StoredAsync(connection, criteria, cancellationToken);
        var matching = $"select c.{tables.Value.ContactId} as id from {compiled.From} where {compiled.Where}";
        var plan = (string)(await ScalarAsync(connection, $"explain (format json) {matching}", compiled.Values, cancellationToken))!;
        var found = (string)(await ScalarAsync(connection, $"""
            with matching as materialized ({matching})
            select json_build_object('count', (select count(*) from matching), 'examples', (select coalesce(json_agg(id), '[]') from (select id from matching order by id limit 10) example))::text
            """, compiled.Values, cancellationToken))!;
        var answer = JsonNode.Parse(found)!.AsObject();
        answer["estimated_cost"] = JsonNode.Parse(plan)![0]!["Plan"]!["Total Cost"]!.DeepClone();
        return answer;
    }

    /// <summary>Whether a contact matches, and each clause by itself; null when there is no such contact.</summary>
    public async Task<JsonObject?> ExplainAsync(JsonElement criteria, Guid contact, CancellationToken cancellationToken)
    {
        var compiled = await read.RunAsync(criteria, cancellationToken, [contact]);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var found = await ScalarAsync(connection, $"select array[{string.Join(", ", compiled.Clauses.Select(clause => clause.Condition).Prepend(compiled.Where))}] from {compiled.From}", compiled.Values, cancellationToken);
        if (found is not bool[] truths) return null;
        return new JsonObject
        {
            ["contact_id"] = contact,
            ["matches"] = truths[0],
            ["clauses"] = new JsonArray([.. compiled.Clauses.Select((clause, index) => (JsonNode)new JsonObject
            {
                ["path"] = clause.Path, ["clause"] = JsonNode.Parse(clause.Json), ["matches"] = truths[index + 1],
            })]),
        };
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, IReadOnlyList<object> values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = MaxSeconds };
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
