using System.Security.Cryptography;
using System.Text.Json;
using Marketing.Problems;

namespace Marketing.Segments.Criteria;

/// <summary>Criteria as SQL over the contacts, which the statement calls <c>c</c>.</summary>
/// <param name="From">The table of contacts and what is joined to it.</param>
/// <param name="Where">A condition that is true or false, never null.</param>
/// <param name="Values">Values of <c>$1</c>, <c>$2</c> and so on.</param>
/// <param name="Clauses">The leaves, by their path in the tree.</param>
/// <param name="Errors">What is wrong; the SQL may only be run when this is empty.</param>
/// <param name="Reads">What the answer depends on.</param>
internal sealed record CompiledCriteria(string From, string Where, IReadOnlyList<object> Values, IReadOnlyList<CriteriaClause> Clauses, IReadOnlyList<FieldError> Errors, CriteriaReads Reads)
{
    /// <summary>Changes when the same tree would be another question: other criteria, another mapping, another meaning of a field.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { From, Where, Values })));
}

/// <summary>One leaf of the tree.</summary>
/// <param name="Path">Where it stands, for example <c>criteria.all[0]</c>.</param>
/// <param name="Json">The clause as written.</param>
/// <param name="Condition">Its SQL.</param>
internal sealed record CriteriaClause(string Path, string Json, string Condition);

/// <summary>What an answer depends on beside the contacts.</summary>
internal sealed class CriteriaReads
{
    /// <summary>Bookings.</summary>
    public bool Reservations { get; set; }

    /// <summary>The day on which it is asked.</summary>
    public bool Today { get; set; }

    /// <summary>Types of campaign events.</summary>
    public HashSet<string> EventTypes { get; } = new(StringComparer.Ordinal);

    /// <summary>Business ids of other segments, by the path that names them.</summary>
    public Dictionary<string, string> Segments { get; } = new(StringComparer.Ordinal);

    /// <summary>Business ids of campaigns, by the path that names them.</summary>
    public Dictionary<string, string> Campaigns { get; } = new(StringComparer.Ordinal);
}

/// <summary>A row of <c>ref_segment_criteria</c>: a field that criteria may ask for.</summary>
/// <param name="Code">Its name in criteria.</param>
/// <param name="DataType">text, number, date, boolean or list.</param>
/// <param name="Operators">What it takes.</param>
/// <param name="Source">Where the value comes from.</param>
internal sealed record CriteriaField(string Code, string DataType, string[] Operators, string Source)
{
    /// <summary>What it is, for people and agents.</summary>
    public string? Description { get; init; }

    /// <summary>Values to choose from, a JSON list.</summary>
    public string? Options { get; init; }

    /// <summary>A clause that uses it, JSON.</summary>
    public string? Example { get; init; }

    /// <summary>Operators that this version can answer for this field.</summary>
    public IEnumerable<string> Usable => CriteriaSource.Find(Source) is { } source && source.Serves(DataType) ? Operators.Where(op => CriteriaOperator.Takes(DataType, source, op)) : [];
}
