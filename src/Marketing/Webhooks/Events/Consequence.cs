namespace Marketing.Webhooks.Events;

/// <summary>What an event means for writing to the address again.</summary>
internal enum Consequence
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They want no marketing any more.</summary>
    Unsubscribe,

    /// <summary>They want nothing of one list any more.</summary>
    UnsubscribeFromList,

    /// <summary>They want one list again.</summary>
    ResubscribeToList,

    /// <summary>They called it spam; only new consent lifts that.</summary>
    Complaint,

    /// <summary>The address does not exist.</summary>
    HardBounce,

    /// <summary>The mailbox did not take it this time; counted, see <see cref="CountSoftBounces"/>.</summary>
    SoftBounce,
}
