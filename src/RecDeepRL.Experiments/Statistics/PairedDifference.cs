using MathNet.Numerics.Distributions;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>How far two agents are apart that met the same luck: the mean of their differences seed by seed, which the luck they share does not blur.</summary>
/// <param name="Difference">First minus second, with its 95 % interval by Student's t, not corrected for other comparisons.</param>
/// <param name="PValue">Two-sided, of the paired t test that the mean difference is 0; not a number for a single pair.</param>
public sealed record PairedDifference(Interval Difference, double PValue)
{
    /// <summary>Differences below this share of the values are rounding: sums of the same numbers in another order.</summary>
    private const double Rounding = 1e-9;

    /// <param name="pairs">Both values of each seed, at least one.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    public static PairedDifference Of(IEnumerable<(double First, double Second)> pairs)
    {
        var difference = Interval.Of(pairs.Select(pair => Apart(pair.First, pair.Second)));
        if (difference.Count < 2 || double.IsNaN(difference.HalfWidth))
            return new PairedDifference(difference, double.NaN);
        // Differences without any spread: the same numbers, or a shift that is certain.
        if (difference.HalfWidth == 0)
            return new PairedDifference(difference, difference.Mean == 0 ? 1 : 0);
        var degrees = difference.Count - 1;
        var error = difference.HalfWidth / StudentT.InvCDF(0, 1, degrees, 0.975);
        return new PairedDifference(difference, 2 * StudentT.CDF(0, 1, degrees, -Math.Abs(difference.Mean / error)));
    }

    private static double Apart(double first, double second) =>
        Math.Abs(first - second) <= Rounding * Math.Max(Math.Abs(first), Math.Abs(second)) ? 0 : first - second;
}
