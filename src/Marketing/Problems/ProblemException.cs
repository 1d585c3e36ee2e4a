namespace Marketing.Problems;

/// <summary>Carries a <see cref="Problem"/> out of a depth where returning it would clutter every level; the pipeline turns it into the response.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>The answer to the caller.</summary>
    public Problem Problem { get; } = problem;
}
