using Marketing.Problems;
using Npgsql;

namespace Marketing.Resources.Writing;

/// <summary>
/// Turns what a constraint of the database refused into problem details. Codes: PostgreSQL documentation, appendix A. Values that
/// PostgreSQL quotes in its messages are not passed on: they may be another caller's.
/// </summary>
internal static class DatabaseErrors
{
    /// <summary>The problem; null when the error is none of the caller's making.</summary>
    public static Problem? ToProblem(PostgresException error, ResourceCatalog catalog) => Translate(error, catalog) is { } problem ? problem with { ApiCode = error.SqlState } : null;

    private static Problem? Translate(PostgresException error, ResourceCatalog catalog) => error.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => Unique(error, catalog),
        PostgresErrorCodes.ForeignKeyViolation => ForeignKey(error, catalog),
        PostgresErrorCodes.CheckViolation => Problem.Unprocessable("check_violation",
            $"{error.TableName} refuses the row: {(catalog.CheckConstraints.TryGetValue(error.ConstraintName ?? "", out var rule) ? rule : error.ConstraintName)} must hold."),
        PostgresErrorCodes.NotNullViolation => Problem.Unprocessable("required", $"{error.ColumnName} is required.",
            new FieldError(error.ColumnName ?? "", "required", $"{error.ColumnName} cannot be null.")),
        PostgresErrorCodes.NumericValueOutOfRange or PostgresErrorCodes.DatetimeFieldOverflow => Problem.Unprocessable("out_of_range", "A number or time is too large for its column."),
        PostgresErrorCodes.InvalidTextRepresentation or PostgresErrorCodes.InvalidDatetimeFormat or PostgresErrorCodes.InvalidRegularExpression or PostgresErrorCodes.InvalidEscapeSequence or PostgresErrorCodes.SyntaxError =>
            Problem.BadRequest("invalid_value", "A value of the query cannot be read by the database. Check casts, patterns for a backslash at their end, and text search queries for missing operators."),
        PostgresErrorCodes.ProgramLimitExceeded => Problem.Unprocessable("too_long", "A value is too long for an indexed column; the index takes about 2,700 bytes."),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected =>
            new Problem(409, "concurrent_write", "Another write got in the way. Nothing was changed; send the request again.") { RetryAfterSeconds = 1 },
        _ => null,
    };

    private static Problem Unique(PostgresException error, ResourceCatalog catalog)
    {
        var columns = catalog.ColumnsOf(error.ConstraintName ?? "");
        return Problem.Conflict("unique_violation", $"A row of {error.TableName} with the same {string.Join(", ", columns)} exists already. Change that one, or send other values.",
            [.. columns.Select(column => new FieldError(column, "duplicate", "Must be unique."))]);
    }

    private static Problem ForeignKey(PostgresException error, ResourceCatalog catalog)
    {
        var columns = catalog.ColumnsOf(error.ConstraintName ?? "");
        return Problem.Unprocessable("foreign_key_violation", $"{string.Join(", ", columns)} of {error.TableName} names a row that does not exist. Send the uuid of one that does, or null where allowed.",
            [.. columns.Select(column => new FieldError(column, "no_such_row", "Names a row that does not exist."))]);
    }
}
