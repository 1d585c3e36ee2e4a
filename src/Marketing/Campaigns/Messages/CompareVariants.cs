namespace Marketing.Campaigns.Messages;

/// <summary>What a comparison of two shares says.</summary>
/// <param name="Difference">Second share less the first.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Z">The test's statistic; null when it may not be used.</param>
/// <param name="P">Chance of a difference at least so large were there none; null likewise.</param>
/// <param name="Verdict">different, no_difference_shown, or not_enough_yet.</param>
internal sealed record Comparison(double Difference, double Low, double High, double? Z, double? P, string Verdict);

/// <summary>
/// The two-proportion z-test with pooled variance, two-sided. It approximates, so it is used only where each cell is expected to hold at least ten people; with fewer
/// it says that there is not enough yet. With several comparisons the level is divided among them (Bonferroni). It holds for one look at the end: whoever
/// looks each hour and stops at the first difference finds one too often.
/// </summary>
internal static class CompareVariants
{
    /// <summary>Chance of calling variants different that are not, over all comparisons.</summary>
    public const double Level = 0.05;

    /// <summary>People that each cell must be expected to hold.</summary>
    public const double LeastExpected = 10;

    /// <summary>Compares.</summary>
    /// <param name="first">People of the first, and how many of them did it.</param>
    /// <param name="second">The same of the second.</param>
    /// <param name="comparisons">How many comparisons are made with this one.</param>
    public static Comparison Run((long People, long Did) first, (long People, long Did) second, int comparisons)
    {
        if (first.People == 0 || second.People == 0) return new Comparison(0, 0, 0, null, null, "not_enough_yet");
        var (one, other) = ((double)first.Did / first.People, (double)second.Did / second.People);
        var difference = other - one;
        var spread = 1.959964 * Math.Sqrt((one * (1 - one) / first.People) + (other * (1 - other) / second.People));
        var pooled = (double)(first.Did + second.Did) / (first.People + second.People);
        var least = Math.Min(first.People, second.People) * Math.Min(pooled, 1 - pooled);
        if (least < LeastExpected) return new Comparison(difference, difference - spread, difference + spread, null, null, "not_enough_yet");
        var z = difference / Math.Sqrt(pooled * (1 - pooled) * ((1.0 / first.People) + (1.0 / second.People)));
        var p = Tails(Math.Abs(z));
        return new Comparison(difference, difference - spread, difference + spread, z, p, p < Level / Math.Max(comparisons, 1) ? "different" : "no_difference_shown");
    }

    /// <summary>Both tails of the normal distribution beyond z. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26; error below 1.5e-7.</summary>
    public static double Tails(double z)
    {
        var x = z / Math.Sqrt(2);
        var t = 1 / (1 + (0.3275911 * x));
        return t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429)))))))) * Math.Exp(-x * x);
    }
}
