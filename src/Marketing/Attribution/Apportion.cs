namespace Marketing.Attribution;

/// <summary>Divides a whole number by weights so that the parts add up to it exactly: largest remainder, of equal ones the earlier.</summary>
internal static class Apportion
{
    /// <summary>Fills <paramref name="parts"/>.</summary>
    /// <param name="total">What is divided, for example cents; not negative.</param>
    /// <param name="weights">Not negative, and not all zero.</param>
    /// <param name="parts">As many as weights; none is negative.</param>
    public static void Run(long total, ReadOnlySpan<double> weights, Span<long> parts)
    {
        double sum = 0;
        foreach (var weight in weights) sum += weight;
        Span<double> remainders = weights.Length <= 256 ? stackalloc double[weights.Length] : new double[weights.Length];
        var left = total;
        for (var i = 0; i < weights.Length; i++)
        {
            var quota = total * (weights[i] / sum);
            // Never more than what is left: rounding may put the sum of the quotas a hair above the total.
            parts[i] = Math.Min((long)Math.Floor(quota), left);
            remainders[i] = weights[i] > 0 ? quota - parts[i] : -1;
            left -= parts[i];
        }
        for (; left > 0; left--)
        {
            var largest = 0;
            for (var i = 1; i < remainders.Length; i++)
                if (remainders[i] > remainders[largest]) largest = i;
            parts[largest]++;
            remainders[largest] -= 1;
        }
    }
}
