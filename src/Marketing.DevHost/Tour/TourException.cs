namespace Marketing.DevHost.Tour;

/// <summary>A step of the tour failed; the message is for the person who watches.</summary>
internal sealed class TourException(string message) : Exception(message);
