namespace Marketing.Segments.Criteria;

/// <summary>What an operator compares with.</summary>
internal enum OperandKind { Scalar, Pair, List, Days, Truth }

/// <summary>The operators of criteria.</summary>
internal static class CriteriaOperator
{
    /// <summary>Most values of a list.</summary>
    public const int MaxValues = 1000;

    /// <summary>Longest span, in days.</summary>
    public const int MaxDays = 36_500;

    /// <summary>What the operator compares with; null when there is no such operator.</summary>
    public static OperandKind? Operand(string op) => op switch
    {
        "eq" or "neq" or "gt" or "gte" or "lt" or "lte" or "before" or "after" or "contains" => OperandKind.Scalar,
        "between" => OperandKind.Pair,
        "in" or "not_in" => OperandKind.List,
        "within_last_days" or "within_next_days" or "more_than_days_ago" or "anniversary_within_days" => OperandKind.Days,
        "is_null" => OperandKind.Truth,
        _ => null,
    };

    /// <summary>True when values of this type from this source can be asked so.</summary>
    public static bool Takes(string dataType, CriteriaSource source, string op) => op switch
    {
        "in" or "not_in" => source.Kind == "text",
        _ when source.IsMany => dataType == "text" && op is "eq" or "neq",
        "eq" or "neq" => dataType != "list",
        "contains" => dataType == "text",
        "gt" or "gte" or "lt" or "lte" or "between" => dataType is "number" or "date",
        "before" or "after" or "within_last_days" or "within_next_days" or "more_than_days_ago" or "anniversary_within_days" => dataType == "date",
        "is_null" => true,
        _ => false,
    };
}
