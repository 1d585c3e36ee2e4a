using System.Text.Json;
using Marketing.Data.External;
using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments;

/// <summary>Reads criteria against what <c>ref_segment_criteria</c> offers now.</summary>
internal sealed class ReadCriteria(NpgsqlDataSource database, IOptions<ExternalTables> tables)
{
    /// <summary>Compiles criteria.</summary>
    /// <exception cref="ProblemException">422: they cannot be understood; each error says where and what is allowed.</exception>
    public async Task<CompiledCriteria> RunAsync(JsonElement criteria, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, CriteriaField>(StringComparer.Ordinal);
        await using (var command = database.CreateCommand("select code, data_type, allowed_operators, source from marketing.ref_segment_criteria where is_active"))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                fields[reader.GetString(0)] = new(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<string[]>(2), reader.GetString(3));
        }
        var compiled = new CompileCriteria(tables.Value, fields).Run(criteria);
        return compiled.Errors.Count == 0 ? compiled : throw new ProblemException(Problem.Unprocessable("criteria_invalid", "The criteria cannot be understood; errors say where and what is allowed.", compiled.Errors));
    }
}
