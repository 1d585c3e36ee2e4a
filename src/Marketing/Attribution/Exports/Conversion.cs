namespace Marketing.Attribution.Exports;

/// <summary>A booking that is to be told.</summary>
/// <param name="ExportId">Row of <c>marketing_ops.conversion_exports</c>.</param>
/// <param name="ReservationId">The booking; its id is the transaction by which destinations recognise a repetition.</param>
/// <param name="IsRefund">It was cancelled after it had been told.</param>
/// <param name="OccurredAt">When it was booked, or cancelled.</param>
/// <param name="Value">What it earns.</param>
/// <param name="Currency">Of <paramref name="Value"/>, ISO 4217.</param>
internal sealed record Conversion(Guid ExportId, Guid ReservationId, bool IsRefund, DateTimeOffset OccurredAt, decimal Value, string Currency)
{
    /// <summary>The guest.</summary>
    public required Guid ContactId { get; init; }

    /// <summary>The guest's address, told as a hash alone.</summary>
    public string? Email { get; init; }

    /// <summary>The guest's country, told as a hash alone.</summary>
    public string? Country { get; init; }

    /// <summary>What was booked.</summary>
    public string? PropertyId { get; init; }
}

/// <summary>What became of one.</summary>
/// <param name="Conversion">It.</param>
/// <param name="State">sent, rejected, or queued to be tried again.</param>
/// <param name="Reason">Why it was not taken, without secrets; null when it was.</param>
internal sealed record ConversionAnswer(Conversion Conversion, string State, string? Reason = null);
