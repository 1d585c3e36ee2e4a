namespace Marketing.DevHost.Stubs;

/// <summary>A Page and how it behaves.</summary>
internal sealed record FacebookPage(string Token, int ProcessingMs, int PartBytes, int ListedAfterMs, int CallsPerHour)
{
    private int calls;

    /// <summary>Counts a call; the share of the hour's calls that is used, in percent.</summary>
    public int Call() => (int)Math.Min(1000, ++calls * 100L / CallsPerHour);
}
