using MathNet.Numerics.Distributions;

namespace RecDeepRL.Tests;

/// <summary>Tests of distributions. All reject with the probability of four standard deviations, 6.3·10⁻⁵, were the draws as claimed; seeds are
/// fixed, so a test that passes once passes always.</summary>
internal static class Chance
{
    private const double Alpha = 6.334e-5;

    /// <summary>Pearson's chi-squared test that the counted outcomes were equally likely.</summary>
    public static void AssertUniform(IReadOnlyCollection<long> counts) =>
        AssertFrequencies(counts, [.. Enumerable.Repeat(1.0 / counts.Count, counts.Count)]);

    /// <summary>Pearson's chi-squared test of given probabilities.</summary>
    public static void AssertFrequencies(IReadOnlyCollection<long> counts, IReadOnlyCollection<double> probabilities)
    {
        var total = (double)counts.Sum();
        var statistic = counts.Zip(probabilities, (count, probability) => Math.Pow(count - (total * probability), 2) / (total * probability)).Sum();
        AssertChiSquared(statistic, counts.Count - 1);
    }

    /// <summary>Requires a statistic that should be chi-squared with so many degrees of freedom.</summary>
    public static void AssertChiSquared(double statistic, int freedom)
    {
        var limit = ChiSquared.InvCDF(freedom, 1 - Alpha);
        Assert.True(statistic < limit, $"chi-squared was {statistic:F1}, expected below {limit:F1} with {freedom} degrees of freedom");
    }

    /// <summary>Requires the mean of independent draws within four standard errors of its expectation.</summary>
    public static void AssertMean(double expected, double standardDeviation, IReadOnlyCollection<double> draws)
    {
        var tolerance = 4 * standardDeviation / Math.Sqrt(draws.Count);
        Assert.InRange(draws.Average(), expected - tolerance, expected + tolerance);
    }

    /// <summary>Kolmogorov and Smirnov's test of a continuous distribution, with the asymptotic bound √(−ln(α/2)/(2n)).</summary>
    public static void AssertDistribution(IEnumerable<double> draws, Func<double, double> cumulative)
    {
        var sorted = draws.Order().ToArray();
        var distance = 0.0;
        for (var index = 0; index < sorted.Length; index++)
        {
            var probability = cumulative(sorted[index]);
            distance = Math.Max(distance, Math.Max(probability - ((double)index / sorted.Length), ((index + 1.0) / sorted.Length) - probability));
        }
        var limit = Math.Sqrt(-Math.Log(Alpha / 2) / (2 * sorted.Length));
        Assert.True(distance < limit, $"the distance was {distance:G4}, expected below {limit:G4} with {sorted.Length} draws");
    }

    /// <summary>Requires two series of independent draws to be uncorrelated: |r| below 4/√n.</summary>
    public static void AssertUncorrelated(double[] first, double[] second) =>
        Assert.InRange(Math.Abs(MathNet.Numerics.Statistics.Correlation.Pearson(first, second)), 0, 4 / Math.Sqrt(first.Length));
}
