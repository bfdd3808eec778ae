using MathNet.Numerics.Distributions;

namespace RecDeepRL.Experiments.Statistics;

/// <summary>A mean over independent runs with its 95 % confidence interval by Student's t.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="HalfWidth">Half of the interval's width; not a number for fewer than two values, which say nothing about their spread.</param>
/// <param name="Count">Values.</param>
public sealed record Interval(double Mean, double HalfWidth, int Count)
{
    public double Low => Mean - HalfWidth;

    public double High => Mean + HalfWidth;

    /// <exception cref="ArgumentException">There is no value.</exception>
    public static Interval Of(IEnumerable<double> values)
    {
        var all = values.ToList();
        if (all.Count == 0)
            throw new ArgumentException("An interval needs at least one value.", nameof(values));
        var mean = all.Average();
        if (all.Count == 1)
            return new Interval(mean, double.NaN, 1);
        var variance = all.Sum(value => (value - mean) * (value - mean)) / (all.Count - 1);
        var quantile = StudentT.InvCDF(0, 1, all.Count - 1, 0.975);
        return new Interval(mean, quantile * Math.Sqrt(variance / all.Count), all.Count);
    }
}
