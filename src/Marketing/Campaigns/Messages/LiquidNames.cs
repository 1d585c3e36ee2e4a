using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace Marketing.Campaigns.Messages;

/// <summary>What a template uses: filters, fields of the contact, other names that it does not set itself.</summary>
internal sealed class LiquidNames : AstVisitor
{
    private readonly HashSet<string> filters = new(StringComparer.Ordinal);
    private readonly HashSet<string> contact = new(StringComparer.Ordinal);
    private readonly HashSet<string> bare = new(StringComparer.Ordinal);
    private readonly List<string> guards = [];
    private readonly HashSet<string> members = new(StringComparer.Ordinal);
    private readonly HashSet<string> own = new(StringComparer.Ordinal) { "forloop", "empty", "blank", "nil", "true", "false" };

    /// <summary>Filters by name.</summary>
    public IReadOnlyCollection<string> Filters => filters;

    /// <summary>Fields of the contact.</summary>
    public IReadOnlyCollection<string> ContactFields => contact;

    /// <summary>Fields of the contact that some place uses as they are: without a default, as in <c>contact.first_name | default: "guest"</c>, and outside a condition about them.</summary>
    public IReadOnlyCollection<string> BareFields => bare;

    /// <summary>Other names, with their members: <c>sender.company</c>.</summary>
    public IEnumerable<string> Others => members.Where(name => !own.Contains(name.Split('.')[0]));

    /// <summary>A range that may be longer than <see cref="LiquidSandbox.MaxRange"/>: it becomes a list before its loop begins, so its length must be known when it is read.</summary>
    public bool HasLongRange { get; private set; }

    /// <summary>Reads a template.</summary>
    public static LiquidNames Of(IFluidTemplate template)
    {
        var names = new LiquidNames();
        names.VisitTemplate(template);
        return names;
    }

    /// <inheritdoc />
    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        filters.Add(filterExpression.Name);
        return Guarded(filterExpression.Name == "default" ? filterExpression.Input : null, () => base.VisitFilterExpression(filterExpression));
    }

    /// <inheritdoc />
    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        if (Field(memberExpression) is { } field)
        {
            contact.Add(field);
            if (!guards.Contains(field)) bare.Add(field);
        }
        else members.Add(string.Join('.', memberExpression.Segments.OfType<IdentifierSegment>().Select(segment => segment.Identifier)));
        return base.VisitMemberExpression(memberExpression);
    }

    /// <inheritdoc />
    protected override Expression VisitRangeExpression(RangeExpression rangeExpression)
    {
        if (Number(rangeExpression.From) is not { } first || Number(rangeExpression.To) is not { } last || last - first > LiquidSandbox.MaxRange) HasLongRange = true;
        return base.VisitRangeExpression(rangeExpression);
    }

    /// <inheritdoc />
    protected override Statement VisitAssignStatement(AssignStatement assignStatement)
    {
        own.Add(assignStatement.Identifier);
        return base.VisitAssignStatement(assignStatement);
    }

    /// <inheritdoc />
    protected override Statement VisitCaptureStatement(CaptureStatement captureStatement)
    {
        own.Add(captureStatement.Identifier);
        return base.VisitCaptureStatement(captureStatement);
    }

    /// <inheritdoc />
    protected override Statement VisitForStatement(ForStatement forStatement)
    {
        own.Add(forStatement.Identifier);
        return base.VisitForStatement(forStatement);
    }

    /// <inheritdoc />
    protected override Statement VisitIfStatement(IfStatement ifStatement) => Guarded(ifStatement.Condition, () => base.VisitIfStatement(ifStatement));

    /// <inheritdoc />
    protected override Statement VisitElseIfStatement(ElseIfStatement elseIfStatement) => Guarded(elseIfStatement.Condition, () => base.VisitElseIfStatement(elseIfStatement));

    /// <inheritdoc />
    protected override Statement VisitCaseStatement(CaseStatement caseStatement) => Guarded(caseStatement.Expression, () => base.VisitCaseStatement(caseStatement));

    /// <inheritdoc />
    protected override Statement VisitUnlessStatement(UnlessStatement unlessStatement) => Guarded(unlessStatement.Condition, () => base.VisitUnlessStatement(unlessStatement));

    private T Guarded<T>(Expression? condition, Func<T> visit)
    {
        var before = guards.Count;
        Guard(condition);
        var visited = visit();
        guards.RemoveRange(before, guards.Count - before);
        return visited;
    }

    // A condition over one field, or over several joined by "and" and "or".
    private void Guard(Expression? condition)
    {
        if (condition is MemberExpression member && Field(member) is { } field) guards.Add(field);
        if (condition is not BinaryExpression both) return;
        Guard(both.Left);
        Guard(both.Right);
    }

    private static decimal? Number(Expression expression) => expression is LiteralExpression { Value: NumberValue number } ? number.ToNumberValue() : null;

    private static string? Field(MemberExpression member) =>
        member.Segments is [IdentifierSegment { Identifier: "contact" }, IdentifierSegment field, ..] ? field.Identifier : null;
}
