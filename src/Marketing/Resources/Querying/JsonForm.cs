namespace Marketing.Resources.Querying;

/// <summary>How a column of a result becomes JSON: by the type that PostgreSQL sends.</summary>
internal enum JsonForm
{
    /// <summary>Text that is JSON already.</summary>
    Json,

    /// <summary>Text that becomes a string.</summary>
    Text,

    /// <summary>A uuid.</summary>
    Uuid,

    /// <summary>A boolean.</summary>
    Boolean,

    /// <summary>A number of four bytes.</summary>
    Integer,

    /// <summary>A number of eight bytes.</summary>
    Bigint,

    /// <summary>An instant, microseconds since 2000.</summary>
    Instant,

    /// <summary>A day, days since 2000.</summary>
    Date,

    /// <summary>A time of day, microseconds since midnight.</summary>
    Time,
}
