namespace Marketing.Attribution;

/// <summary>The five models: how much of a booking each touch earned.</summary>
internal static class AttributionModel
{
    /// <summary>Everything to the first touch.</summary>
    public const string FirstTouch = "first_touch";

    /// <summary>Everything to the last touch.</summary>
    public const string LastTouch = "last_touch";

    /// <summary>The same to each.</summary>
    public const string Linear = "linear";

    /// <summary>Half as much for each half-life before the booking.</summary>
    public const string TimeDecay = "time_decay";

    /// <summary>40 % to the first, 40 % to the last, 20 % to those between; of two touches half each.</summary>
    public const string PositionBased = "position_based";

    /// <summary>Every model, in the order of their rows.</summary>
    public static IReadOnlyList<string> All { get; } = [FirstTouch, LastTouch, Linear, TimeDecay, PositionBased];

    /// <summary>Weights of touches in the order of time, not yet adding up to one; see <see cref="Apportion"/>.</summary>
    /// <param name="model">One of <see cref="All"/>.</param>
    /// <param name="ages">Days from each touch to the booking.</param>
    /// <param name="halfLifeDays">For <see cref="TimeDecay"/>.</param>
    /// <param name="weights">Receives them, as many as ages.</param>
    public static void Weigh(string model, ReadOnlySpan<double> ages, double halfLifeDays, Span<double> weights)
    {
        var last = ages.Length - 1;
        weights.Clear();
        for (var i = 0; i <= last; i++)
        {
            weights[i] = model switch
            {
                FirstTouch => i == 0 ? 1 : 0,
                LastTouch => i == last ? 1 : 0,
                Linear => 1,
                // Relative to the last touch, so that no age makes all of them vanish.
                TimeDecay => Math.Pow(2, -(ages[i] - ages[last]) / halfLifeDays),
                PositionBased => last <= 1 ? 1 : i == 0 || i == last ? 0.4 : 0.2 / (last - 1),
                _ => throw new ArgumentOutOfRangeException(nameof(model), model, "No such model."),
            };
        }
    }
}
