using Marketing.Problems;

namespace Marketing.Segments;

/// <summary>Criteria as SQL over the contacts, which the statement calls <c>c</c>.</summary>
/// <param name="From">The table of contacts and what is joined to it.</param>
/// <param name="Where">A condition that is true or false, never null.</param>
/// <param name="Values">Values of <c>$1</c>, <c>$2</c> and so on.</param>
/// <param name="Clauses">The leaves, by their path in the tree.</param>
/// <param name="Errors">What is wrong; the SQL may only be run when this is empty.</param>
internal sealed record CompiledCriteria(string From, string Where, IReadOnlyList<object> Values, IReadOnlyList<CriteriaClause> Clauses, IReadOnlyList<FieldError> Errors);

/// <summary>One leaf of the tree.</summary>
/// <param name="Path">Where it stands, for example <c>criteria.all[0]</c>.</param>
/// <param name="Json">The clause as written.</param>
/// <param name="Condition">Its SQL.</param>
internal sealed record CriteriaClause(string Path, string Json, string Condition);

/// <summary>A row of <c>ref_segment_criteria</c>: a field that criteria may ask for.</summary>
/// <param name="Code">Its name in criteria.</param>
/// <param name="DataType">text, number, date, boolean or list.</param>
/// <param name="Operators">What it takes.</param>
/// <param name="Source">Where the value comes from.</param>
internal sealed record CriteriaField(string Code, string DataType, string[] Operators, string Source);
