namespace Marketing.Data;

/// <summary>One change to one row: who, what, when. Written in the transaction of the change.</summary>
public sealed class AuditEntry
{
    /// <summary>Position in the log.</summary>
    public long Id { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Name of the API client, or the job.</summary>
    public string Actor { get; set; } = null!;

    /// <summary>Whom an agent said it acts for; null when nobody was named.</summary>
    public string? OnBehalfOf { get; set; }

    /// <summary>API client; null for a job.</summary>
    public Guid? ClientId { get; set; }

    /// <summary>create, update, delete, or an action of a feature such as approve.</summary>
    public string Action { get; set; } = null!;

    /// <summary>Table of schema marketing.</summary>
    public string TableName { get; set; } = null!;

    /// <summary>Key of the row.</summary>
    public Guid RowId { get; set; }

    /// <summary>Changed columns as JSON: {"column": {"from": …, "to": …}}. Secrets appear as the text [redacted].</summary>
    public string? Changes { get; set; }

    /// <summary>Invocation that made the change.</summary>
    public string? RequestId { get; set; }
}
