using Fluid;
using Fluid.Ast;

namespace Marketing.Campaigns.Messages;

/// <summary>What a template uses: filters, fields of the contact, other names that it does not set itself.</summary>
internal sealed class LiquidNames : AstVisitor
{
    private readonly HashSet<string> filters = new(StringComparer.Ordinal);
    private readonly HashSet<string> contact = new(StringComparer.Ordinal);
    private readonly HashSet<string> guarded = new(StringComparer.Ordinal);
    private readonly HashSet<string> members = new(StringComparer.Ordinal);
    private readonly HashSet<string> own = new(StringComparer.Ordinal) { "forloop", "empty", "blank", "nil", "true", "false" };

    /// <summary>Filters by name.</summary>
    public IReadOnlyCollection<string> Filters => filters;

    /// <summary>Fields of the contact.</summary>
    public IReadOnlyCollection<string> ContactFields => contact;

    /// <summary>Fields of the contact that some place gives a default for, as in <c>contact.first_name | default: "guest"</c>, or asks about in a condition.</summary>
    public IReadOnlyCollection<string> GuardedFields => guarded;

    /// <summary>Other names, with their members: <c>sender.company</c>.</summary>
    public IEnumerable<string> Others => members.Where(name => !own.Contains(name.Split('.')[0]));

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
        if (filterExpression.Name == "default" && filterExpression.Input is MemberExpression member && Field(member) is { } field) guarded.Add(field);
        return base.VisitFilterExpression(filterExpression);
    }

    /// <inheritdoc />
    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        if (Field(memberExpression) is { } field) contact.Add(field);
        else members.Add(string.Join('.', memberExpression.Segments.OfType<IdentifierSegment>().Select(segment => segment.Identifier)));
        return base.VisitMemberExpression(memberExpression);
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
    protected override Statement VisitIfStatement(IfStatement ifStatement)
    {
        Guard(ifStatement.Condition);
        return base.VisitIfStatement(ifStatement);
    }

    /// <inheritdoc />
    protected override Statement VisitUnlessStatement(UnlessStatement unlessStatement)
    {
        Guard(unlessStatement.Condition);
        return base.VisitUnlessStatement(unlessStatement);
    }

    // A condition over one field, or over several joined by "and" and "or".
    private void Guard(Expression condition)
    {
        if (condition is MemberExpression member && Field(member) is { } field) guarded.Add(field);
        if (condition is not BinaryExpression both) return;
        Guard(both.Left);
        Guard(both.Right);
    }

    private static string? Field(MemberExpression member) =>
        member.Segments is [IdentifierSegment { Identifier: "contact" }, IdentifierSegment field, ..] ? field.Identifier : null;
}
