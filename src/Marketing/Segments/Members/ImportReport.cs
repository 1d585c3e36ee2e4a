namespace Marketing.Segments.Members;

/// <summary>What became of a file's lines.</summary>
internal sealed class ImportReport
{
    private readonly List<LineError> errors = [];

    /// <summary>Lines behind the first.</summary>
    public int Rows { get; set; }

    /// <summary>Contacts who became members.</summary>
    public int Added { get; private set; }

    /// <summary>Contacts who were members already.</summary>
    public int AlreadyMembers { get; private set; }

    /// <summary>Lines that could not be used.</summary>
    public int ErrorsTotal { get; private set; }

    /// <summary>The first of these, in the order of their lines.</summary>
    public IReadOnlyList<LineError> Errors => errors;

    /// <summary>Notes a line that cannot be used.</summary>
    /// <returns>Nothing to store.</returns>
    public (Guid? Contact, string? Email)? Refuse(int line, string code, string message)
    {
        ErrorsTotal++;
        // Twice as many are kept until the end, when those of the database join and the first are told.
        if (errors.Count < 2 * StoreMembers.MaxErrors) errors.Add(new(line, code, message));
        return null;
    }

    /// <summary>Takes up what was stored.</summary>
    public void Finish(StoredMembers stored)
    {
        (Added, AlreadyMembers) = (stored.Changed, stored.Contacts - stored.Changed);
        ErrorsTotal += stored.Unknown - stored.UnknownLines.Length;
        errors.Sort((one, other) => one.Line.CompareTo(other.Line));
        if (errors.Count > StoreMembers.MaxErrors) errors.RemoveRange(StoreMembers.MaxErrors, errors.Count - StoreMembers.MaxErrors);
    }
}

/// <summary>A line that cannot be used.</summary>
/// <param name="Line">Its number, from 1 for the names of the columns.</param>
/// <param name="Code">Why, in snake case.</param>
/// <param name="Message">Why, for people.</param>
internal sealed record LineError(int Line, string Code, string Message);
