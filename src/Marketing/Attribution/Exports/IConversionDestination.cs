namespace Marketing.Attribution.Exports;

/// <summary>Somebody who is told of bookings.</summary>
internal interface IConversionDestination
{
    /// <summary>Its name in the ledger.</summary>
    string Name { get; }

    /// <summary>The installation has named it.</summary>
    bool IsConfigured { get; }

    /// <summary>It takes back what was cancelled.</summary>
    bool TakesRefunds { get; }

    /// <summary>How old an event may be that it takes.</summary>
    TimeSpan MaxAge { get; }

    /// <summary>Tells it. Telling it again is safe: it recognises the booking.</summary>
    Task<IReadOnlyList<ConversionAnswer>> SendAsync(IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken);
}
