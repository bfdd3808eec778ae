using MathNet.Numerics.Distributions;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>How good an estimator is, over independent logs of which the truth is known. Errors are estimate − truth, in responses per slate;
/// all intervals are of 95 %.</summary>
/// <param name="Estimator">Its name.</param>
/// <param name="Errors">One for each log on which it gave an estimate.</param>
/// <param name="Bias">Their mean.</param>
/// <param name="StandardDeviation">Their spread.</param>
/// <param name="RootMeanSquare">Root of the mean squared error.</param>
/// <param name="RootMeanSquareLow">From Student's interval of the mean squared error; at least 0.</param>
/// <param name="RootMeanSquareHigh">Upper end of the same.</param>
/// <param name="Coverage">Share of the logs on which the estimate's interval held the truth; 95 % is promised.</param>
/// <param name="CoverageLow">Wilson's interval of the share (1927).</param>
/// <param name="CoverageHigh">Upper end of the same.</param>
public sealed record EstimatorQuality(
    string Estimator, IReadOnlyList<double> Errors, Interval Bias, double StandardDeviation, double RootMeanSquare, double RootMeanSquareLow, double RootMeanSquareHigh,
    double Coverage, double CoverageLow, double CoverageHigh)
{
    /// <param name="results">One for each log, each with its truth; at least one.</param>
    /// <returns>For each estimator that gave an estimate on some log.</returns>
    public static IReadOnlyList<EstimatorQuality> Of(IReadOnlyList<OffPolicyResult> results) =>
    [
        .. from name in OffPolicyEstimators.Names
           let estimates = results.Select(result => (Estimate: result.Estimates.Single(one => one.Estimator == name), Truth: result.Truth!.Value)).Where(one => double.IsFinite(one.Estimate.Value)).ToList()
           where estimates.Count > 0
           select Of(name, [.. estimates.Select(one => one.Estimate.Value - one.Truth)], estimates.Count(one => one.Estimate.Covers(one.Truth))),
    ];

    internal static EstimatorQuality Of(string name, IReadOnlyList<double> errors, int covered)
    {
        var bias = Interval.Of(errors);
        var squares = Interval.Of(errors.Select(error => error * error));
        var spread = errors.Count > 1 ? Math.Sqrt(errors.Sum(error => (error - bias.Mean) * (error - bias.Mean)) / (errors.Count - 1)) : double.NaN;
        var (low, high) = Wilson(covered, errors.Count);
        return new EstimatorQuality(
            name, errors, bias, spread, Math.Sqrt(squares.Mean), double.IsNaN(squares.HalfWidth) ? double.NaN : Math.Sqrt(Math.Max(squares.Low, 0)), Math.Sqrt(squares.High),
            (double)covered / errors.Count, low, high);
    }

    internal static (double Low, double High) Wilson(int successes, int count)
    {
        var quantile = Normal.InvCDF(0, 1, .975);
        var (share, square) = ((double)successes / count, quantile * quantile / count);
        var centre = (share + (square / 2)) / (1 + square);
        var half = quantile * Math.Sqrt((share * (1 - share) / count) + (square / (4 * count))) / (1 + square);
        return (Math.Max(centre - half, 0), Math.Min(centre + half, 1));
    }
}
