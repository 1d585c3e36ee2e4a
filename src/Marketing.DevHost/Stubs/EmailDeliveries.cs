using System.Collections.Concurrent;

namespace Marketing.DevHost.Stubs;

/// <summary>What a stand-in of an email provider has taken, oldest first.</summary>
public sealed class EmailDeliveries
{
    private readonly ConcurrentQueue<EmailDelivery> taken = new();
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private long total;

    /// <summary>False keeps only counts, for runs with many messages.</summary>
    public bool KeepsContent { get; set; } = true;

    /// <summary>False keeps not even a count for each message.</summary>
    public bool KeepsIds { get; set; } = true;

    /// <summary>Messages taken.</summary>
    public long Total => Interlocked.Read(ref total);

    /// <summary>The messages.</summary>
    public IReadOnlyList<EmailDelivery> All => [.. taken];

    /// <summary>How often each message was taken, by its send id.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <summary>Notes one message.</summary>
    public void Add(EmailDelivery delivery)
    {
        Interlocked.Increment(ref total);
        if (KeepsIds) counts.AddOrUpdate(delivery.SendId, 1, (_, count) => count + 1);
        if (KeepsContent) taken.Enqueue(delivery);
    }

    /// <summary>Counts messages that nothing else is known of.</summary>
    public void Count(int messages) => Interlocked.Add(ref total, messages);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        taken.Clear();
        counts.Clear();
        Interlocked.Exchange(ref total, 0);
    }
}

/// <summary>One message as its recipient would get it.</summary>
/// <param name="Provider">Which stand-in took it.</param>
/// <param name="SendId">The sender's own id of it.</param>
/// <param name="To">Address of the recipient.</param>
/// <param name="Subject">Subject.</param>
/// <param name="Html">HTML part.</param>
/// <param name="Text">Plain part.</param>
/// <param name="Headers">Headers of the sender's own.</param>
/// <param name="MessageId">The id that the provider gave or was given.</param>
/// <param name="CustomArgs">What events will carry.</param>
/// <param name="At">When.</param>
public sealed record EmailDelivery(
    string Provider, string SendId, string To, string Subject, string Html, string Text, IReadOnlyDictionary<string, string> Headers, string MessageId, IReadOnlyDictionary<string, string> CustomArgs, DateTimeOffset At);
