namespace Marketing.Problems;

/// <summary>One thing wrong with one field of a request, worded so that a person or an agent can correct the call.</summary>
/// <param name="Field">Column or query parameter name as the caller wrote it; a path such as <c>rows[2].title</c> in bulk writes.</param>
/// <param name="Code">Stable, machine-readable reason in snake case, for example <c>unknown_column</c>.</param>
/// <param name="Message">What is wrong and what to write instead. Never holds a secret value.</param>
public sealed record FieldError(string Field, string Code, string Message);
